import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** What our own files are called: whole ones, and those that are still coming in. Anything else in the folder is left alone. */
const ownForm = /^[\da-f]{16}(?:\.part)?$/

/** The folder with the files of update packages, each under its id. A file gets its name when it is whole and safe on disk. */
export class PackageDisk {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  pathOf(fileId: string): string {
    return path.join(this.#dir, fileId)
  }

  /** Opens a new file for writing, under the name of one that is not whole. */
  async begin(fileId: string): Promise<FileHandle> {
    await mkdir(this.#dir, { recursive: true })
    return open(`${this.pathOf(fileId)}.part`, 'wx', 0o600)
  }

  /** Gives a file that came in whole its name; afterwards it survives a loss of power. */
  async finish(fileId: string): Promise<void> {
    await rename(`${this.pathOf(fileId)}.part`, this.pathOf(fileId))
    // Windows cannot open a folder, and keeps names safe by itself.
    const folder = await open(this.#dir, 'r').catch(() => null)
    await folder?.sync().catch(() => {})
    await folder?.close()
  }

  /** Removes a file, whole or not; one that is not there is passed over. */
  async remove(fileId: string): Promise<void> {
    await Promise.all([this.pathOf(fileId), `${this.pathOf(fileId)}.part`].map(file => rm(file, { force: true })))
  }

  /** Removes what the last run left: files that no package names. */
  async removeAllBut(fileIds: ReadonlySet<string>): Promise<void> {
    const names = await readdir(this.#dir).catch(() => [])
    await Promise.all(names.filter(name => ownForm.test(name) && !fileIds.has(name)).map(name => rm(path.join(this.#dir, name), { force: true })))
  }
}
