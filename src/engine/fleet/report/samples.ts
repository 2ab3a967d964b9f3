import type { JsonObject } from '../../../shared/json.ts'

/** A sample of properties or an event of a device, as it will stand in a message. */
export interface Sample { isEvent: boolean, text: string, bytes: number }

/** How many bytes of samples all devices of a process may hold together; shared by those that keep them. */
export interface SampleRoom { bytesLeft: number }

/** What a sample takes beside its text, about. */
const overheadBytes = 64

/** Values at the time when they were taken, epoch milliseconds: `{"Brightness":{"value":40,"time":…},…}`. */
export function sampleOf(values: JsonObject, time: number, isEvent = false): Sample {
  const text = JSON.stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, time }])))
  return { isEvent, text, bytes: Buffer.byteLength(text) }
}

/** Samples of devices in the order in which they were taken; a device without any costs nothing. */
export class Samples {
  readonly #room: SampleRoom
  readonly #byDevice = new Map<number, Sample[]>()

  constructor(room: SampleRoom) {
    this.#room = room
  }

  get isEmpty(): boolean {
    return this.#byDevice.size === 0
  }

  /** The devices that have any, in the order in which they took their first one. */
  get indexes(): number[] {
    return [...this.#byDevice.keys()]
  }

  /** More is held than there is room for. */
  get isCrowded(): boolean {
    return this.#room.bytesLeft < 0
  }

  countOf(index: number): number {
    return this.#byDevice.get(index)?.length ?? 0
  }

  bytesOf(index: number): number {
    return (this.#byDevice.get(index) ?? []).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  add(index: number, sample: Sample): void {
    const samples = this.#byDevice.get(index)
    if (samples === undefined)
      this.#byDevice.set(index, [sample])
    else
      samples.push(sample)
    this.#room.bytesLeft -= sample.bytes + overheadBytes
  }

  /** Lets the oldest samples of a device go until there are no more than so many, and the devices have room; how many went. */
  dropOldest(index: number, countMax: number): number {
    const samples = this.#byDevice.get(index) ?? []
    let dropped = 0
    while (samples.length > countMax || (samples.length > 0 && this.isCrowded)) {
      this.#free(samples.shift()!)
      dropped++
    }
    if (samples.length === 0)
      this.#byDevice.delete(index)
    return dropped
  }

  /** Takes the oldest samples of a device, as many as fit into `bytesMax` and `countMax`; at least one, if it has any. */
  take(index: number, bytesMax: number, countMax: number): Sample[] {
    const samples = this.#byDevice.get(index) ?? []
    let bytes = 0
    let count = 0
    while (count < samples.length && count < countMax && (count === 0 || bytes + samples[count]!.bytes <= bytesMax))
      bytes += samples[count++]!.bytes
    const taken = samples.splice(0, count)
    taken.forEach(sample => this.#free(sample))
    if (samples.length === 0)
      this.#byDevice.delete(index)
    return taken
  }

  /** Forgets the devices from `count` on; how many samples went. */
  truncate(count: number): number {
    return this.indexes.filter(index => index >= count).reduce((sum, index) => sum + this.dropOldest(index, 0), 0)
  }

  #free(sample: Sample): void {
    this.#room.bytesLeft += sample.bytes + overheadBytes
  }
}
