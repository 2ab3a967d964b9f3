import type { OtaPackage, OtaPackageFile, PackageState } from '../../../shared/contract/ota-package.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { deletePackage, selectPackages, upsertPackage } from './rows.ts'

/** The update packages of a workspace. */
export class OtaPackages {
  readonly #store: Store
  readonly #packages: Map<string, OtaPackage>
  readonly #files: Map<string, OtaPackageFile>
  /** Names that packages are about to get. */
  readonly #reserved = new Set<string>()

  private constructor(store: Store, packages: Map<string, OtaPackage>) {
    this.#store = store
    this.#packages = packages
    this.#files = new Map(Array.from(packages.values()).flatMap(({ files }) => files).map(file => [file.fileId, file]))
  }

  static async open(store: Store): Promise<OtaPackages> {
    const rows = await store.read(selectPackages, [])
    return new OtaPackages(store, new Map(rows.map(row => [row.packageId, row])))
  }

  get count(): number { return this.#packages.size }

  /** Oldest first. */
  all(): OtaPackage[] {
    return Array.from(this.#packages.values())
  }

  /** Undefined when there is none. */
  find(packageId: string): OtaPackage | undefined {
    return this.#packages.get(packageId)
  }

  /** Throws AppError ota/package-not-found. */
  get(packageId: string): OtaPackage {
    const found = this.find(packageId)
    if (found === undefined)
      throw new AppError('ota/package-not-found', `There is no update package ${packageId}.`, { packageId })
    return found
  }

  /** A file of any package. */
  fileOf(fileId: string): OtaPackageFile | undefined {
    return this.#files.get(fileId)
  }

  isNameTaken(name: string, packageId?: string): boolean {
    return this.#reserved.has(name) || this.all().some(one => one.name === name && one.packageId !== packageId)
  }

  /** Writes a package that is new or changed. */
  async save(changed: OtaPackage): Promise<OtaPackage> {
    const { packageId, name, productKey, module, kind, version, sourceVersion, signMethod, state, verifyProgress, description, udi, files, createdAt, modifiedAt } = changed
    this.#reserved.add(name)
    try {
      await this.#store.write([{ statement: upsertPackage, params: [packageId, name, productKey, module, kind, version, sourceVersion, signMethod, state, verifyProgress, description, udi, JSON.stringify(files), createdAt, modifiedAt] }])
      this.#packages.set(packageId, changed)
      for (const file of files)
        this.#files.set(file.fileId, file)
      return changed
    }
    finally {
      this.#reserved.delete(name)
    }
  }

  /** How its verification stands; `progress` in percent. Throws AppError ota/package-not-found. */
  async setState(packageId: string, state: PackageState, progress: number): Promise<void> {
    await this.save({ ...this.get(packageId), state, verifyProgress: Math.round(progress) })
  }

  async delete(packageId: string): Promise<void> {
    await this.#store.write([{ statement: deletePackage, params: [packageId] }])
    this.#forget(packageId)
  }

  /** A product is deleted; returns its packages and what the store has to write. */
  forgetProduct(productKey: string): { packages: OtaPackage[], statements: BoundStatement[] } {
    const packages = this.all().filter(one => one.productKey === productKey)
    for (const { packageId } of packages)
      this.#forget(packageId)
    return { packages, statements: packages.map(({ packageId }) => ({ statement: deletePackage, params: [packageId] })) }
  }

  #forget(packageId: string): void {
    for (const { fileId } of this.#packages.get(packageId)?.files ?? [])
      this.#files.delete(fileId)
    this.#packages.delete(packageId)
  }
}
