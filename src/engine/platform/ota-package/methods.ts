import type { EngineApi, MethodName } from '../../../shared/contract/contract.ts'
import type { OtaPackage, OtaPackageFile, UploadedFile } from '../../../shared/contract/ota-package.ts'
import type { Store } from '../../store/types.ts'
import type { OtaModules } from './modules.ts'
import type { PackageDisk } from './package-disk.ts'
import type { OtaPackages } from './packages.ts'
import type { PackageSecurity } from './security.ts'
import type { UploadForms } from './upload-forms.ts'
import type { PackageUploads } from './uploads.ts'
import { defaultModule, packageFileNameSchema } from '../../../shared/contract/ota-package.ts'
import { AppError } from '../../../shared/errors.ts'
import { settle } from '../../store/settle.ts'
import { fetchFile } from './fetch-file.ts'
import { selectReportedVersions } from './rows.ts'
import { checkFiles, checkName, checkNewPackage } from './rules.ts'

/** An address of a file, and what its user has to know. */
export interface DownloadAddress { url: string, expiresAt: number, isUnreachable: boolean }

export interface OtaPackageMethodContext {
  store: Store
  modules: OtaModules
  packages: OtaPackages
  uploads: PackageUploads
  forms: UploadForms
  security: PackageSecurity
  disk: PackageDisk
  now: () => number
  makePackageId: () => string
  applyLimits: () => boolean
  fileBytesMax: () => number
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => { name: string }
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => { deviceId: number }
  /** Throws AppError listen/failed. */
  downloadUrl: (file: OtaPackageFile, deviceId: number | null, validMs?: number) => DownloadAddress
  /** Whether a package is being rolled out, so that it has to stay. */
  isRolledOut: (packageId: string) => boolean
}

type Handlers = Pick<EngineApi['methods'], Exclude<Extract<MethodName, `ota${string}`>, `ota${'Gym' | 'Exercise' | 'Statistics'}.${string}`>>

/** What the console, the command line and the cloud's API can do with modules and update packages. */
export function otaPackageMethodHandlers(context: OtaPackageMethodContext): Handlers {
  return { ...moduleHandlers(context), ...uploadHandlers(context), ...packageHandlers(context) }
}

function moduleHandlers({ store, modules, packages, security, now, requireProduct }: OtaPackageMethodContext): Pick<Handlers, Extract<keyof Handlers, `otaModule.${string}` | `otaSecurity.${string}`>> {
  return {
    'otaModule.list': ({ productKey }) => ({ modules: modules.of(productKey) }),
    'otaModule.create': ({ productKey, name, alias, description }) => modules.create({ productKey, name, alias: alias ?? name, description, createdAt: now(), modifiedAt: now() }),
    'otaModule.update': ({ productKey, name, alias, description }) => {
      const module = modules.get(productKey, name)
      return modules.save({ ...module, alias: alias ?? module.alias, description: description ?? module.description, modifiedAt: now() })
    },
    'otaModule.delete': async ({ productKey, name }) => {
      const module = modules.get(productKey, name)
      const used = packages.all().filter(one => one.productKey === productKey && one.module === module.name).length
      if (module.name === defaultModule || used > 0)
        throw new AppError('ota/module-in-use', module.name === defaultModule ? 'The default module stands for the firmware of the product and cannot be deleted.' : `The module ${module.name} cannot be deleted while it has packages: ${used}.`, { productKey, module: module.name, packages: used })
      await modules.delete(module)
      return null
    },
    'otaModule.versions': async ({ productKey, module }) => {
      const { name } = modules.get(productKey, module)
      // What was reported a moment ago waits for the writer.
      await settle(store)
      return { versions: await store.read(selectReportedVersions, [productKey, name]) }
    },
    'otaSecurity.get': ({ productKey }) => {
      requireProduct(productKey)
      return security.stateOf(productKey)
    },
    'otaSecurity.set': async ({ productKey, isOn }) => {
      requireProduct(productKey)
      await security.switch(productKey, isOn)
      return security.stateOf(productKey)
    },
  }
}

function uploadHandlers({ uploads, forms, fileBytesMax }: OtaPackageMethodContext): Pick<Handlers, Extract<keyof Handlers, `otaUpload.${string}`>> {
  const takeFrom = async (url: string, name: string | undefined): Promise<UploadedFile> => {
    const posted = forms.postedTo(url)
    if (posted !== undefined)
      return uploads.end(posted)
    const fetched = await fetchFile(url, fileBytesMax())
    const checked = packageFileNameSchema.safeParse(name ?? fetched.name)
    if (!checked.success)
      throw new AppError('input/invalid', `url: ${checked.error.issues[0]?.message ?? 'not allowed'}, got ${JSON.stringify(fetched.name)}.`, { field: 'url', got: fetched.name })
    return uploads.take(checked.data, fetched.content)
  }
  return {
    'otaUpload.begin': async ({ name }) => ({ uploadId: await uploads.begin(name) }),
    'otaUpload.part': async ({ uploadId, offset, bytes }) => ({ received: await uploads.part(uploadId, offset, bytes) }),
    'otaUpload.end': ({ uploadId }) => uploads.end(uploadId),
    'otaUpload.drop': async ({ uploadId }) => {
      await uploads.drop(uploadId)
      return null
    },
    'otaUpload.fetch': ({ url, name }) => takeFrom(url, name),
    'otaUpload.form': ({ suffix }) => forms.allow(suffix),
  }
}

function packageHandlers(context: OtaPackageMethodContext): Pick<Handlers, Extract<keyof Handlers, `otaPackage.${string}`>> {
  const { modules, packages, uploads, security, disk, now, makePackageId, applyLimits, requireProduct, requireDevice, downloadUrl, isRolledOut } = context
  return {
    'otaPackage.list': ({ productKey, module, version, search, state, offset, limit }) => {
      const part = search?.toLowerCase()
      const found = packages.all().filter(one => (productKey === undefined || one.productKey === productKey)
        && (module === undefined || one.module === module)
        && (version === undefined || one.version === version)
        && (state === undefined || one.state === state)
        && (part === undefined || one.name.toLowerCase().includes(part)))
      return { packages: found.sort((a, b) => b.createdAt - a.createdAt).slice(offset, offset + limit), total: found.length }
    },
    'otaPackage.get': ({ packageId }) => {
      const found = packages.get(packageId)
      const signs = found.files.map(({ fileId, sha256 }) => [fileId, security.digestSign(found.productKey, sha256)] as const)
      return { ...found, productName: requireProduct(found.productKey).name, digestSigns: Object.fromEntries(signs.filter((pair): pair is [string, string] => pair[1] !== undefined)) }
    },
    'otaPackage.create': async (input) => {
      const { productKey, name, kind, version, sourceVersion, signMethod, verify, description, udi, uploadIds } = input
      const module = modules.get(productKey, input.module).name
      const check = (): void => checkNewPackage(input, { packageCount: packages.count, isNameTaken: packages.isNameTaken(name), applyLimits: applyLimits() })
      check()
      const { files, keep, release } = await uploads.claim(uploadIds)
      try {
        checkFiles(files, signMethod, applyLimits())
        // Another call may have taken the name meanwhile.
        check()
        requireProduct(productKey)
        const made = await packages.save({
          packageId: makePackageId(),
          name,
          productKey,
          module,
          kind,
          version,
          sourceVersion: sourceVersion ?? null,
          signMethod,
          state: verify ? 'unverified' : 'none',
          verifyProgress: 0,
          description,
          udi,
          files,
          createdAt: now(),
          modifiedAt: now(),
        })
        keep()
        return made
      }
      catch (error) {
        release()
        throw error
      }
    },
    'otaPackage.update': async ({ packageId, name, description, udi, verify }): Promise<OtaPackage> => {
      const known = packages.get(packageId)
      if (name !== undefined)
        checkName(name, packages.isNameTaken(name, packageId))
      const isSwitched = verify !== undefined && verify === (known.state === 'none')
      return packages.save({
        ...known,
        name: name ?? known.name,
        description: description ?? known.description,
        udi: udi ?? known.udi,
        ...(isSwitched && { state: verify ? 'unverified' : 'none', verifyProgress: 0 }),
        modifiedAt: now(),
      })
    },
    'otaPackage.delete': async ({ packageId }) => {
      const { name, files } = packages.get(packageId)
      if (isRolledOut(packageId))
        throw new AppError('ota/package-in-use', `${name} is being rolled out; cancel its batches first.`, { packageId })
      await packages.delete(packageId)
      await Promise.all(files.map(({ fileId }) => disk.remove(fileId)))
      return null
    },
    'otaPackage.download': ({ packageId, fileId, device, validSec }) => {
      const file = packages.get(packageId).files.find(one => one.fileId === fileId)
      if (file === undefined)
        throw new AppError('file/not-found', `The package ${packageId} has no file ${fileId}.`, { packageId, fileId })
      const deviceId = device === undefined ? null : requireDevice(device.productKey, device.deviceName).deviceId
      return downloadUrl(file, deviceId, validSec === undefined ? undefined : validSec * 1000)
    },
  }
}
