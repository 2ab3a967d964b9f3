import type { Store } from '../../store/types.ts'
import type { FileRow } from './rows.ts'
import { selectFiles } from './rows.ts'

/** Which files there are, in memory because a device that begins an upload is answered at once. Their contents lie on disk. */
export class StoredFiles {
  readonly #byDevice = new Map<number, Map<string, FileRow>>()
  #count = 0
  #bytes = 0

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read'>): Promise<StoredFiles> {
    const files = new StoredFiles()
    for (const row of await store.read(selectFiles, []))
      files.put(row)
    return files
  }

  /** Files of all devices, and their bytes. */
  get count(): number { return this.#count }
  get bytes(): number { return this.#bytes }

  countOf(deviceId: number): number {
    return this.#byDevice.get(deviceId)?.size ?? 0
  }

  /** All files of a device, newest first. */
  of(deviceId: number): FileRow[] {
    return Array.from(this.#byDevice.get(deviceId)?.values() ?? []).sort((a, b) => b.uploadedAt - a.uploadedAt || (a.name < b.name ? -1 : 1))
  }

  named(deviceId: number, name: string): FileRow | undefined {
    return this.#byDevice.get(deviceId)?.get(name)
  }

  ids(): string[] {
    return Array.from(this.#byDevice.values(), files => Array.from(files.values(), file => file.fileId)).flat()
  }

  /** Adds a file; the one of the same name that it takes the place of is returned. */
  put(file: FileRow): FileRow | undefined {
    let files = this.#byDevice.get(file.deviceId)
    if (files === undefined)
      this.#byDevice.set(file.deviceId, files = new Map())
    const before = files.get(file.name)
    files.set(file.name, file)
    this.#count += before ? 0 : 1
    this.#bytes += file.size - (before?.size ?? 0)
    return before
  }

  /** Takes files of a device out, all of them without `fileIds`; returns those that were there. */
  take(deviceId: number, fileIds?: readonly string[]): FileRow[] {
    const files = this.#byDevice.get(deviceId)
    const wanted = fileIds && new Set(fileIds)
    const taken = Array.from(files?.values() ?? []).filter(({ fileId }) => wanted?.has(fileId) ?? true)
    for (const { name, size } of taken) {
      files!.delete(name)
      this.#count -= 1
      this.#bytes -= size
    }
    if (files?.size === 0)
      this.#byDevice.delete(deviceId)
    return taken
  }
}
