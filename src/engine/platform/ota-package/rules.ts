import type { MethodParams } from '../../../shared/contract/contract.ts'
import type { OtaPackage, OtaPackageFile } from '../../../shared/contract/ota-package.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

/** What a new package would join. */
export interface PackageShelf {
  packageCount: number
  /** Whether the name belongs to another package. */
  isNameTaken: boolean
  applyLimits: boolean
}

type NewPackage = Pick<MethodParams<'otaPackage.create'>, 'kind' | 'version' | 'sourceVersion' | 'name' | 'uploadIds'>

/** Throws AppError when a package of that description cannot be made, before its files are looked at. Names the field, what was expected and what came. */
export function checkNewPackage({ kind, version, sourceVersion, name, uploadIds }: NewPackage, { packageCount, isNameTaken, applyLimits }: PackageShelf): void {
  if (kind === 'diff' && sourceVersion === undefined)
    throw refuse('sourceVersion', 'the version that a differential package starts from', 'none')
  if (kind === 'full' && sourceVersion !== undefined)
    throw refuse('sourceVersion', 'none, because a full package starts from any version', sourceVersion)
  if (sourceVersion === version)
    throw refuse('sourceVersion', `another version than the target version ${version}`, version)
  if (new Set(uploadIds).size < uploadIds.length)
    throw refuse('uploadIds', 'each file once', 'the same one twice')
  checkName(name, isNameTaken)
  const packagesMax = applyLimits ? limits.packagesMax : limits.packagesKeptMax
  if (packageCount >= packagesMax)
    throw new AppError('limit/reached', `There are at most ${packagesMax} update packages.`, { limit: packagesMax })
}

/** Throws AppError ota/package-exists. */
export function checkName(name: string, isNameTaken: boolean): void {
  if (isNameTaken)
    throw new AppError('ota/package-exists', `name: expected a name that no other update package has, got ${name}.`, { field: 'name', got: name })
}

/** Throws AppError when files cannot be in one package (platform: names and signatures are unique in it, and there is a largest size). */
export function checkFiles(files: readonly OtaPackageFile[], signMethod: OtaPackage['signMethod'], applyLimits: boolean): void {
  const seen = new Map<string, OtaPackageFile>()
  for (const file of files) {
    if (seen.has(file.name))
      throw refuse('files', 'files of different names', `two named ${file.name}`)
    const twin = seen.get(signOf(file, signMethod))
    if (twin !== undefined)
      throw refuse('files', 'files with different signatures', `${twin.name} and ${file.name} with the same content`)
    seen.set(file.name, file)
    seen.set(signOf(file, signMethod), file)
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (applyLimits && bytes > limits.packageBytesMax)
    throw new AppError('limit/reached', `files: expected at most ${limits.packageBytesMax} bytes together, got ${bytes}.`, { field: 'files', limit: limits.packageBytesMax, got: bytes })
}

/** The signature of a file that devices are told. */
export function signOf({ md5, sha256 }: OtaPackageFile, signMethod: OtaPackage['signMethod']): string {
  return signMethod === 'MD5' ? md5 : sha256
}

function refuse(field: string, expected: string, got: string): AppError {
  return new AppError('input/invalid', `${field}: expected ${expected}, got ${got}.`, { field, expected, got })
}
