import type { UploadRow } from './rows.ts'

/** An upload as the running engine knows it. */
export interface Upload extends Omit<UploadRow, 'endedSize'> {
  /** `ending`: its last block is on its way to the disk; `ended`: the file is there; `gone`: cancelled, failed, too old or its device deleted. */
  state: 'open' | 'ending' | 'ended' | 'gone'
  /** Bytes that were taken from the device, and those of them that are on disk. */
  received: number
  written: number
}

/** The uploads of all devices: those under way, and those that were over a short while ago. */
export class Uploads {
  readonly #byDevice = new Map<number, Map<string, Upload>>()
  #count = 0
  #openBytes = 0

  get count(): number { return this.#count }
  /** Bytes that uploads under way have taken, all devices together. */
  get openBytes(): number { return this.#openBytes }

  /** Also one that is over, but none that is gone. */
  find(deviceId: number, uploadId: string): Upload | undefined {
    return this.#byDevice.get(deviceId)?.get(uploadId)
  }

  /** The newest with this idempotency key. */
  withUid(deviceId: number, initUid: string): Upload | undefined {
    return this.of(deviceId).findLast(upload => upload.initUid === initUid)
  }

  /** All of a device, those begun first at the front. */
  of(deviceId: number): Upload[] {
    return Array.from(this.#byDevice.get(deviceId)?.values() ?? [])
  }

  openOf(deviceId: number): Upload[] {
    return this.of(deviceId).filter(isUnderWay)
  }

  all(): Upload[] {
    return Array.from(this.#byDevice.values(), uploads => Array.from(uploads.values())).flat()
  }

  add(upload: Upload): void {
    let uploads = this.#byDevice.get(upload.deviceId)
    if (uploads === undefined)
      this.#byDevice.set(upload.deviceId, uploads = new Map())
    uploads.set(upload.uploadId, upload)
    this.#count += 1
    if (isUnderWay(upload))
      this.#openBytes += upload.received
  }

  setReceived(upload: Upload, bytes: number): void {
    if (isUnderWay(upload))
      this.#openBytes += bytes - upload.received
    upload.received = bytes
  }

  /** Changes the state; one that is gone is forgotten. */
  setState(upload: Upload, state: Upload['state']): void {
    const before = isUnderWay(upload)
    upload.state = state
    if (before && !isUnderWay(upload))
      this.#openBytes -= upload.received
    if (state !== 'gone')
      return
    const uploads = this.#byDevice.get(upload.deviceId)
    if (uploads?.delete(upload.uploadId))
      this.#count -= 1
    if (uploads?.size === 0)
      this.#byDevice.delete(upload.deviceId)
  }
}

/** Whether bytes may still come, or their end is on its way. */
export function isUnderWay({ state }: Upload): boolean {
  return state === 'open' || state === 'ending'
}
