import type { OtaPackage, OtaPackageFile, UploadedFile } from '../../../shared/contract/ota-package.ts'
import type { Action, ActionContext } from '../action.ts'
import { packageFileEndings, signMethods } from '../../../shared/contract/ota-package.ts'
import { limits } from '../../../shared/limits.ts'
import { action } from '../action.ts'
import { gmtTime, pageCounts, paging, rangeOf, utcTime } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { boolean, initially, integer, invalid, missing, objects, required, text } from '../parameter.ts'

const states = { none: -1, unverified: 0, verified: 1, verifying: 2, failed: 3 } as const
const suffixes = packageFileEndings.map(ending => ending.slice(1))
const productKey = required(text('The product.'))
const moduleName = required(text('The name of the module in the product.', { max: 64 }))
const aliasName = text('Another name for people, 4 to 64 characters.')
const moduleDescription = text('What it is, at most 100 characters.')
const firmwareId = required(text('The update package.'))

const inList = { DestVersion: 's', FirmwareDesc: 's', FirmwareId: 's', FirmwareName: 's', FirmwareSign: 's', FirmwareSize: 'i', ModuleName: 's', ProductKey: 's', ProductName: 's', SignMethod: 's', SrcVersion: 's', Status: 'i', Type: 'i', UtcCreate: 's', UtcModified: 's' } as const

/** Modules, update packages and the way in for their files. */
export const otaPackageActions: Action[] = [
  action({
    name: 'GenerateOTAUploadURL',
    group: 'ota',
    about: 'Allows one file to be posted as a form within an hour: to Host with the fields key, OSSAccessKeyId, policy, Signature and file.',
    parameters: { FileSuffix: initially(text('How the name of the file ends.', { oneOf: suffixes }), 'bin') },
    answer: { Data: { FirmwareUrl: 's', Host: 's', Key: 's', OSSAccessKeyId: 's', ObjectStorage: 's', Policy: 's', Signature: 's', UtcCreate: 's' } },
    async run({ FileSuffix }, { call, now }) {
      const { host, key, accessKeyId, policy, signature, url } = await call('otaUpload.form', { suffix: FileSuffix as 'bin' })
      return { Data: { FirmwareUrl: url, Host: host, Key: key, OSSAccessKeyId: accessKeyId, ObjectStorage: 'OSS', Policy: policy, Signature: signature, UtcCreate: utcTime(now()) } }
    },
  }),
  action({
    name: 'CreateOTAFirmware',
    group: 'ota',
    about: 'Makes an update package of files that are fetched from their addresses, which may be any http or https ones.',
    parameters: {
      FirmwareName: required(text('1 to 40 characters, unique.')),
      DestVersion: required(text('The version after the update.')),
      ProductKey: productKey,
      Type: initially(integer('0: the whole image; 1: the difference to SrcVersion.', { oneOf: [0, 1] }), 0),
      SrcVersion: text('Of a differential package: the version before the update.'),
      ModuleName: text('The module; without it, the firmware (default).'),
      FirmwareUrl: text('Where the file is.'),
      FirmwareSize: integer('Bytes of the file, which are checked.', { min: 1 }),
      FirmwareSign: text('Its digest by SignMethod, which is checked.'),
      MultiFiles: objects('Several files instead of FirmwareUrl.', {
        Name: text('What the file is called.'),
        Url: required(text('Where it is.')),
        Size: integer('Bytes of the file, which are checked.', { min: 1 }),
        FileMd5: text('Its MD5 digest, which is checked.'),
        SignValue: text('Its digest by SignMethod, which is checked.'),
      }, { max: limits.packageFilesMax }),
      SignMethod: initially(text('How devices check the files.', { oneOf: signMethods }), 'MD5'),
      NeedToVerify: initially(boolean('Whether a verification has to come before a batch.'), true),
      FirmwareDesc: text('A description.'),
      Udi: text('Custom information for devices, at most 4,096 characters.'),
    },
    answer: { Data: { FirmwareId: 's', UtcCreate: 's' } },
    fields: { name: 'FirmwareName', version: 'DestVersion', sourceVersion: 'SrcVersion', module: 'ModuleName', description: 'FirmwareDesc', url: 'FirmwareUrl', files: 'MultiFiles' },
    async run(wanted, { call }) {
      const { FirmwareUrl, FirmwareSize, FirmwareSign, MultiFiles, SignMethod } = wanted
      const single = FirmwareUrl === undefined ? [] : [{ Url: FirmwareUrl, Size: FirmwareSize, SignValue: FirmwareSign, Name: undefined, FileMd5: undefined }]
      const sources = MultiFiles ?? single
      if (sources.length === 0)
        throw missing('FirmwareUrl')
      const uploads: UploadedFile[] = []
      try {
        for (const [index, { Url, Name, Size, FileMd5, SignValue }] of sources.entries()) {
          const prefix = MultiFiles ? `MultiFiles.${index + 1}.` : 'Firmware'
          const file = await call('otaUpload.fetch', { url: Url, ...Name === undefined ? {} : { name: Name } })
          uploads.push(file)
          const sign = SignMethod === 'MD5' ? file.md5 : file.sha256
          checkSame(`${prefix}Size`, Size, file.size)
          checkSame(`${prefix}FileMd5`, FileMd5?.toLowerCase(), file.md5)
          checkSame(`${prefix}${MultiFiles ? 'SignValue' : 'Sign'}`, SignValue?.toLowerCase(), sign)
        }
        const { packageId, createdAt } = await call('otaPackage.create', {
          productKey: wanted.ProductKey,
          name: wanted.FirmwareName,
          kind: wanted.Type === 1 ? 'diff' : 'full',
          version: wanted.DestVersion,
          ...wanted.SrcVersion === undefined ? {} : { sourceVersion: wanted.SrcVersion },
          ...wanted.ModuleName === undefined ? {} : { module: wanted.ModuleName },
          signMethod: SignMethod === 'MD5' ? 'MD5' : 'SHA256',
          verify: wanted.NeedToVerify,
          description: wanted.FirmwareDesc ?? '',
          udi: wanted.Udi ?? '',
          uploadIds: uploads.map(({ uploadId }) => uploadId),
        })
        return { Data: { FirmwareId: packageId, UtcCreate: utcTime(createdAt) } }
      }
      catch (error) {
        // A package that could not be made leaves no files.
        for (const { uploadId } of uploads)
          await call('otaUpload.drop', { uploadId })
        throw error
      }
    },
  }),
  action({
    name: 'ModifyOTAFirmware',
    group: 'ota',
    about: 'Changes name, description and custom information of an update package; what the call leaves out stays.',
    parameters: {
      FirmwareId: firmwareId,
      ProductKey: text('The product of the package.'),
      FirmwareName: text('1 to 40 characters, unique.'),
      FirmwareDesc: text('A description.'),
      FirmwareUdi: text('Custom information for devices, at most 4,096 characters.'),
    },
    answer: {},
    fields: { name: 'FirmwareName', description: 'FirmwareDesc', udi: 'FirmwareUdi' },
    async run({ FirmwareId, ProductKey, FirmwareName, FirmwareDesc, FirmwareUdi }, { call }) {
      await requirePackage(FirmwareId, ProductKey, call)
      await call('otaPackage.update', {
        packageId: FirmwareId,
        ...FirmwareName === undefined ? {} : { name: FirmwareName },
        ...FirmwareDesc === undefined ? {} : { description: FirmwareDesc },
        ...FirmwareUdi === undefined ? {} : { udi: FirmwareUdi },
      })
      return {}
    },
  }),
  action({
    name: 'DeleteOTAFirmware',
    group: 'ota',
    about: 'Deletes an update package with its files.',
    parameters: { FirmwareId: firmwareId },
    answer: {},
    async run({ FirmwareId }, { call }) {
      await call('otaPackage.delete', { packageId: FirmwareId })
      return {}
    },
  }),
  action({
    name: 'QueryOTAFirmware',
    group: 'ota',
    about: 'One update package, with addresses of its files that are valid for a while.',
    parameters: { FirmwareId: firmwareId },
    answer: { FirmwareInfo: { ...inList, FirmwareUrl: 's', MultiFiles: [{ FileMd5: 's', Name: 's', SignValue: 's', Size: 'i', Url: 's' }], Udi: 's', VerifyProgress: 'i' } },
    async run({ FirmwareId }, { call }) {
      const found = await call('otaPackage.get', { packageId: FirmwareId })
      const files = await Promise.all(found.files.map(async file => ({ file, url: (await call('otaPackage.download', { packageId: FirmwareId, fileId: file.fileId })).url })))
      return {
        FirmwareInfo: {
          ...summaryOf(found, found.productName),
          ...files.length === 1 ? { FirmwareUrl: files[0]?.url } : { MultiFiles: files.map(({ file, url }) => ({ FileMd5: file.md5, Name: file.name, SignValue: signOf(found, file), Size: file.size, Url: url })) },
          Udi: found.udi,
          VerifyProgress: found.verifyProgress,
        },
      }
    },
  }),
  action({
    name: 'ListOTAFirmware',
    group: 'ota',
    about: 'The update packages, newest first, of all products or one.',
    parameters: { ...paging({ max: 100 }), ProductKey: text('Only those of this product.'), DestVersion: text('Only those of this version.') },
    answer: { CurrentPage: 'i', FirmwareInfo: { SimpleFirmwareInfo: [inList] }, PageCount: 'i', PageSize: 'i', Total: 'i' },
    async run({ ProductKey, DestVersion, ...page }, { call }) {
      const { packages, total } = await call('otaPackage.list', { ...rangeOf(page), ...ProductKey === undefined ? {} : { productKey: ProductKey }, ...DestVersion === undefined ? {} : { version: DestVersion } })
      const names = await productNames(call)
      return { CurrentPage: page.CurrentPage, FirmwareInfo: { SimpleFirmwareInfo: packages.map(one => summaryOf(one, names.get(one.productKey))) }, ...pageCounts(page, total) }
    },
  }),
  action({
    name: 'CreateOTAModule',
    group: 'ota',
    about: 'Makes a module of a product that is updated by itself.',
    parameters: { ProductKey: productKey, ModuleName: moduleName, AliasName: aliasName, Desc: moduleDescription },
    answer: {},
    fields: { name: 'ModuleName', alias: 'AliasName', description: 'Desc' },
    async run({ ProductKey, ModuleName, AliasName, Desc }, { call }) {
      await call('otaModule.create', { productKey: ProductKey, name: ModuleName, description: Desc ?? '', ...AliasName === undefined ? {} : { alias: AliasName } })
      return {}
    },
  }),
  action({
    name: 'UpdateOTAModule',
    group: 'ota',
    about: 'Changes alias and description of a module.',
    parameters: { ProductKey: productKey, ModuleName: moduleName, AliasName: aliasName, Desc: moduleDescription },
    answer: {},
    fields: { name: 'ModuleName', alias: 'AliasName', description: 'Desc' },
    async run({ ProductKey, ModuleName, AliasName, Desc }, { call }) {
      await call('otaModule.update', { productKey: ProductKey, name: ModuleName, ...AliasName === undefined ? {} : { alias: AliasName }, ...Desc === undefined ? {} : { description: Desc } })
      return {}
    },
  }),
  action({
    name: 'DeleteOTAModule',
    group: 'ota',
    about: 'Deletes a module that has no update packages.',
    parameters: { ProductKey: productKey, ModuleName: moduleName },
    answer: {},
    fields: { name: 'ModuleName' },
    async run({ ProductKey, ModuleName }, { call }) {
      await call('otaModule.delete', { productKey: ProductKey, name: ModuleName })
      return {}
    },
  }),
  action({
    name: 'ListOTAModuleByProduct',
    group: 'ota',
    about: 'The modules of a product, the default one first.',
    parameters: { ProductKey: productKey },
    answer: { Data: [{ AliasName: 's', Desc: 's', GmtCreate: 's', GmtModified: 's', ModuleName: 's', ProductKey: 's' }] },
    async run({ ProductKey }, { call }) {
      const { modules } = await call('otaModule.list', { productKey: ProductKey })
      return { Data: modules.map(({ name, alias, description, createdAt, modifiedAt }) => ({ AliasName: alias, Desc: description, GmtCreate: gmtTime(createdAt), GmtModified: gmtTime(modifiedAt), ModuleName: name, ProductKey })) }
    },
  }),
]

/** Throws AppError ota/package-not-found, or ApiFailure when the package is one of another product than the one that is told. */
export async function requirePackage(packageId: string, wantedKey: string | undefined, call: ActionContext['call']): Promise<void> {
  const { productKey } = await call('otaPackage.get', { packageId })
  if (wantedKey !== undefined && productKey !== wantedKey)
    throw new ApiFailure('iot.ota.NotExistedFirmware', `The product ${wantedKey} has no update package ${packageId}.`)
}

/** What the lists say of a package; size and signature only where there is one file. */
function summaryOf(one: OtaPackage, productName: string | undefined) {
  const file = one.files.length === 1 ? one.files[0] : undefined
  return {
    DestVersion: one.version,
    FirmwareDesc: one.description,
    FirmwareId: one.packageId,
    FirmwareName: one.name,
    FirmwareSign: file && signOf(one, file),
    FirmwareSize: file?.size,
    ModuleName: one.module,
    ProductKey: one.productKey,
    ProductName: productName,
    SignMethod: one.signMethod,
    SrcVersion: one.sourceVersion ?? undefined,
    Status: states[one.state],
    Type: one.kind === 'diff' ? 1 : 0,
    UtcCreate: utcTime(one.createdAt),
    UtcModified: utcTime(one.modifiedAt),
  }
}

function signOf({ signMethod }: OtaPackage, { md5, sha256 }: OtaPackageFile): string {
  return signMethod === 'MD5' ? md5 : sha256
}

async function productNames(call: ActionContext['call']): Promise<Map<string, string>> {
  const products = await call('product.list', {})
  return new Map(products.map(({ productKey, name }) => [productKey, name]))
}

function checkSame(name: string, said: string | number | undefined, found: string | number): void {
  if (said !== undefined && said !== found)
    throw invalid(name, {}, `${found}, as the file at that address has`, String(said))
}
