import type { OtaModule, OtaPackage, PackageKind, SignMethod } from '../../../shared/contract/ota-package.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'
import { defaultModule } from '../../../shared/contract/ota-package.ts'

/** What the form of a new package is filled in with; the files by their names where they are. */
interface PackageChoice {
  files: readonly string[]
  productKey: string
  module: string
  name: string
  kind: PackageKind
  version: string
  sourceVersion: string
  signMethod: SignMethod
  verify: boolean
  description: string
  udi: string
}

/** Making a package of files. The cloud's API takes addresses of files, which those of the form have not. */
export function packageCreateForms({ files, productKey, module, name, kind, version, sourceVersion, signMethod, verify, description, udi }: PackageChoice): CopyForms {
  const option = (word: string, value: string): string[] => value === '' ? [] : [`--${word}`, value]
  return {
    cli: [
      'ota',
      'package',
      'create',
      ...files,
      '--product',
      productKey,
      '--version',
      version,
      '--name',
      name,
      ...option('from', kind === 'diff' ? sourceVersion : ''),
      ...option('module', module === defaultModule ? '' : module),
      '--sign',
      signMethod,
      ...verify ? ['--verify'] : [],
      ...option('description', description),
      ...option('udi', udi),
    ],
  }
}

/** Changing a package. A call of the cloud's API leaves alone what is empty in it. */
export function packageEditForms({ packageId, ...before }: Pick<OtaPackage, 'packageId' | 'name' | 'description' | 'udi'>, after: Pick<OtaPackage, 'name' | 'description' | 'udi'>): CopyForms {
  if ((after.description === '' && before.description !== '') || (after.udi === '' && before.udi !== ''))
    return {}
  const { name, description, udi } = after
  return { api: { action: 'ModifyOTAFirmware', parameters: { FirmwareId: packageId, FirmwareName: name, ...description !== '' && { FirmwareDesc: description }, ...udi !== '' && { FirmwareUdi: udi } } } }
}

export function packageDeleteForms({ packageId }: Pick<OtaPackage, 'packageId'>): CopyForms {
  return { cli: ['ota', 'package', 'delete', packageId], api: { action: 'DeleteOTAFirmware', parameters: { FirmwareId: packageId } } }
}

/** Making a module, or changing `before`; an empty alias stays as it is, and none of the tools empties a description. */
export function moduleForms(before: Pick<OtaModule, 'description'> | null, { productKey, name, alias, description }: Pick<OtaModule, 'productKey' | 'name' | 'alias' | 'description'>): CopyForms {
  if (before !== null && description === '' && (alias === '' || before.description !== ''))
    return {}
  return {
    cli: ['ota', 'module', before === null ? 'create' : 'update', productKey, name, ...alias === '' ? [] : ['--alias', alias], ...description === '' ? [] : ['--description', description]],
    api: { action: before === null ? 'CreateOTAModule' : 'UpdateOTAModule', parameters: { ProductKey: productKey, ModuleName: name, ...alias !== '' && { AliasName: alias }, ...description !== '' && { Desc: description } } },
  }
}

export function moduleDeleteForms({ productKey, name }: Pick<OtaModule, 'productKey' | 'name'>): CopyForms {
  return { cli: ['ota', 'module', 'delete', productKey, name], api: { action: 'DeleteOTAModule', parameters: { ProductKey: productKey, ModuleName: name } } }
}
