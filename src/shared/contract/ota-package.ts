import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** The module that every product has: the firmware of its devices. */
export const defaultModule = 'default'

/** A part of a device that is versioned and updated by itself. */
export interface OtaModule {
  productKey: string
  name: string
  alias: string
  description: string
  createdAt: number
  modifiedAt: number
}

export const packageKinds = ['full', 'diff'] as const
/** The whole image, or what is different between one version and another. */
export type PackageKind = (typeof packageKinds)[number]

export const signMethods = ['MD5', 'SHA256'] as const
/** With what the signature of a file is made that devices are told. */
export type SignMethod = (typeof signMethods)[number]

export const packageStates = ['none', 'unverified', 'verifying', 'verified', 'failed'] as const
/** `none`: no verification is required. A package can be rolled out in the states `none` and `verified`. */
export type PackageState = (typeof packageStates)[number]

/** One file of an update package. */
export interface OtaPackageFile {
  fileId: string
  name: string
  size: number
  /** Hex digits in lower case. */
  md5: string
  sha256: string
}

/** An update package: files that bring a module of a product to a version. */
export interface OtaPackage {
  packageId: string
  name: string
  productKey: string
  module: string
  kind: PackageKind
  /** The version that a device has after the update. */
  version: string
  /** Of a differential package: the version that a device must have before. */
  sourceVersion: string | null
  signMethod: SignMethod
  state: PackageState
  /** Percent of the verification that is done; 0 without one. */
  verifyProgress: number
  description: string
  /** Custom information for devices, sent with every notice. */
  udi: string
  files: OtaPackageFile[]
  createdAt: number
  modifiedAt: number
}

export interface OtaPackageDetail extends OtaPackage {
  productName: string
  /** While secure update is on: the second signature of each file by the file's id, Base64. */
  digestSigns: Record<string, string>
}

/** A file that has come in and belongs to no package yet. */
export interface UploadedFile extends OtaPackageFile { uploadId: string }

/** What a program needs to send a file as a form, in the cloud's terms. */
export interface UploadForm {
  /** Where the form is posted. */
  host: string
  key: string
  accessKeyId: string
  /** Base64 of JSON. */
  policy: string
  signature: string
  /** What the file is called afterwards, for `FirmwareUrl`. */
  url: string
}

/** Platform rules for modules and packages. */
const versionRule = z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, hyphens or underscores')
export const moduleNameSchema = z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, hyphens or underscores')
export const moduleAliasSchema = z.string().regex(/^[\w.-]{4,64}$/, 'expected 4 to 64 letters, digits, dots, hyphens or underscores')
export const packageNameSchema = z.string().regex(/^[A-Z\d][\w()-]{0,39}$/i, 'expected 1 to 40 letters, digits, hyphens, underscores or brackets, the first one a letter or digit')
const moduleDescription = z.string().max(limits.moduleDescriptionCharsMax)
const description = z.string().max(limits.packageDescriptionCharsMax)
const udi = z.string().max(limits.packageUdiCharsMax)
const packageId = z.string().min(1).max(64)
const uploadId = z.string().regex(/^[\da-f]{16}$/, 'expected 16 hex digits')

const packageFileTypes = ['bin', 'dav', 'tar', 'gz', 'zip', 'gzip', 'apk', 'tar.gz', 'tar.xz', 'pack'] as const
/** What the name of a package's file ends with; for a file chooser and sentences. */
export const packageFileEndings: readonly string[] = packageFileTypes.map(ending => `.${ending}`)

/** Platform rule: at most 32 characters with the ending, which is one of those of {@link packageFileEndings}. */
export const packageFileNameSchema = z.string()
  .min(1)
  .max(limits.packageFileNameCharsMax)
  .regex(/^[^/\\\p{Cc}]+$/u, 'expected a name without slashes and control characters')
  .refine(name => packageFileEndings.some(ending => name.length > ending.length && name.toLowerCase().endsWith(ending)), `expected a name that ends with one of ${packageFileEndings.join(' ')}`)

export const otaPackageMethods = {
  'otaModule.list': method({
    about: 'The modules of a product whose versions are kept apart; the first is the default one, the firmware.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<{ modules: OtaModule[] }>(),
  }),
  'otaModule.create': method({
    about: 'Makes a module of a product.',
    input: z.strictObject({ productKey: productKeySchema, name: moduleNameSchema, alias: moduleAliasSchema.optional(), description: moduleDescription.default('') }),
    output: type<OtaModule>(),
  }),
  'otaModule.update': method({
    about: 'Changes alias and description of a module; its name stays.',
    input: z.strictObject({ productKey: productKeySchema, name: moduleNameSchema, alias: moduleAliasSchema.optional(), description: moduleDescription.optional() }),
    output: type<OtaModule>(),
  }),
  'otaModule.delete': method({
    about: 'Deletes a module that has no packages; the default one stays.',
    input: z.strictObject({ productKey: productKeySchema, name: moduleNameSchema }),
    output: type<null>(),
  }),
  'otaModule.versions': method({
    about: 'The versions of a module that the devices of a product have reported, each with its number of devices.',
    input: z.strictObject({ productKey: productKeySchema, module: moduleNameSchema.default(defaultModule) }),
    output: type<{ versions: { version: string, deviceCount: number }[] }>(),
  }),
  'otaUpload.begin': method({
    about: 'Begins to take a file for an update package; one that is not made into a package within a day is let go.',
    input: z.strictObject({ name: packageFileNameSchema }),
    output: type<{ uploadId: string }>(),
  }),
  'otaUpload.part': method({
    about: 'Takes the next bytes of a file.',
    input: z.strictObject({
      uploadId,
      /** Bytes that have come before these. */
      offset: z.int().min(0),
      bytes: z.instanceof(Uint8Array).refine(bytes => bytes.length <= limits.packagePartBytesMax, `expected at most ${limits.packagePartBytesMax} bytes`),
    }),
    output: type<{ received: number }>(),
  }),
  'otaUpload.end': method({
    about: 'Says that a file has come in whole, and tells its digests.',
    input: z.strictObject({ uploadId }),
    output: type<UploadedFile>(),
  }),
  'otaUpload.drop': method({
    about: 'Lets go of a file that was to be part of a package.',
    input: z.strictObject({ uploadId }),
    output: type<null>(),
  }),
  'otaUpload.fetch': method({
    about: 'Fetches a file for an update package from an address, or takes the one that was posted there as a form.',
    input: z.strictObject({
      url: z.string().max(2_048).regex(/^https?:\/\//i, 'expected an address that begins with http:// or https://'),
      /** What the file is called; without it, the last part of the address. */
      name: packageFileNameSchema.optional(),
    }),
    output: type<UploadedFile>(),
  }),
  'otaUpload.form': method({
    about: 'Allows a program to post one file as a form within an hour.',
    input: z.strictObject({ suffix: z.enum(packageFileTypes) }),
    output: type<UploadForm>(),
  }),
  'otaPackage.list': method({
    about: 'The update packages, newest first, a page at a time.',
    input: z.strictObject({
      productKey: productKeySchema.optional(),
      module: moduleNameSchema.optional(),
      version: z.string().max(64).optional(),
      /** Part of a name, any case. */
      search: z.string().max(64).optional(),
      state: z.enum(packageStates).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ packages: OtaPackage[], total: number }>(),
  }),
  'otaPackage.get': method({
    about: 'One update package with its files.',
    input: z.strictObject({ packageId }),
    output: type<OtaPackageDetail>(),
  }),
  'otaPackage.create': method({
    about: 'Makes an update package of files that have come in.',
    input: z.strictObject({
      productKey: productKeySchema,
      module: moduleNameSchema.default(defaultModule),
      name: packageNameSchema,
      kind: z.enum(packageKinds).default('full'),
      version: versionRule,
      sourceVersion: versionRule.optional(),
      signMethod: z.enum(signMethods).default('MD5'),
      verify: z.boolean().default(true),
      description: description.default(''),
      udi: udi.default(''),
      uploadIds: z.array(uploadId).min(1).max(limits.packageFilesMax),
    }),
    output: type<OtaPackage>(),
  }),
  'otaPackage.update': method({
    about: 'Changes name, description and custom information of an update package, and whether it has to be verified before the first batch; the rest of it stays.',
    input: z.strictObject({ packageId, name: packageNameSchema.optional(), description: description.optional(), udi: udi.optional(), verify: z.boolean().optional() }),
    output: type<OtaPackage>(),
  }),
  'otaPackage.delete': method({
    about: 'Deletes an update package with its files.',
    input: z.strictObject({ packageId }),
    output: type<null>(),
  }),
  'otaPackage.download': method({
    about: 'An address from which a file of a package can be downloaded for a while.',
    input: z.strictObject({
      packageId,
      fileId: uploadId,
      /** For which device; without one, an address for this machine. */
      device: z.strictObject({ productKey: productKeySchema, deviceName: z.string().min(1).max(64) }).optional(),
      /** Without it, as the settings say. */
      validSec: z.number().min(1).max(365 * 86_400).optional(),
    }),
    output: type<{
      url: string
      expiresAt: number
      /** The address is one of this machine alone, and the device comes from elsewhere. */
      isUnreachable: boolean
    }>(),
  }),
  'otaSecurity.get': method({
    about: 'Whether the devices of a product get a second signature of files, and the key with which they check it.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<{ isOn: boolean, publicKey: string | null }>(),
  }),
  'otaSecurity.set': method({
    about: 'Switches the second signature of files on or off; the key pair is made when it is first switched on, and kept.',
    input: z.strictObject({ productKey: productKeySchema, isOn: z.boolean() }),
    output: type<{ isOn: boolean, publicKey: string | null }>(),
  }),
}
