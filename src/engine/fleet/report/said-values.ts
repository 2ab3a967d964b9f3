import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import { wireName } from '../../../shared/thing-model/method.ts'

/** Steps of a decimal number do not meet exactly: what lies beyond a dead band by less than this share of the value does not count. */
const roundingShare = 1e-9

/**
 * What each device has said last of each property, as one number: a number as it is, anything else as a hash. Eight bytes
 * for each property of each device, and for when it last said all of them; nothing before a device has said something.
 */
export class SaidValues {
  readonly #slots: ReadonlyMap<string, number>
  readonly #bands: Float64Array
  /** By device and slot; NaN: not said yet. */
  #said = new Float64Array(0)
  /** By device: its own time when it last said all there was, milliseconds. */
  #saidAt = new Float64Array(0)

  /** Dead bands of properties that the model does not have as numbers are left aside. */
  constructor(model: ThingModel, deadBands: Readonly<Record<string, number>>) {
    const keys = model.properties.map(({ identifier }) => wireName(identifier, model.functionBlockId))
    this.#slots = new Map(keys.map((key, slot) => [key, slot]))
    this.#bands = Float64Array.from(model.properties, ({ identifier, dataType }, slot) => isBanded(dataType.type) ? deadBands[keys[slot]!] ?? deadBands[identifier] ?? 0 : 0)
  }

  /**
   * The values that have changed since the device said them last, or all of them `silentMsMax` after it last said all; they
   * count as said from now on. `elapsedMs` is the device's own time.
   */
  takeChanged(index: number, values: JsonObject, elapsedMs: number, silentMsMax: number): JsonObject {
    this.#makeRoom(index)
    const isDue = elapsedMs - this.#saidAt[index]! >= silentMsMax
    const changed: JsonObject = isDue
      ? values
      : Object.fromEntries(Object.entries(values).filter(([key, value]) => this.#hasChanged(index, key, value)))
    if (Object.keys(changed).length > 0)
      this.note(index, changed, isDue || Object.keys(changed).length === Object.keys(values).length ? elapsedMs : undefined)
    return changed
  }

  /** These values have been said. `elapsedMs` when they were all there was to say. */
  note(index: number, values: JsonObject, elapsedMs?: number): void {
    this.#makeRoom(index)
    for (const [key, value] of Object.entries(values)) {
      const slot = this.#slots.get(key)
      if (slot !== undefined)
        this.#said[index * this.#slots.size + slot] = asNumber(value)
    }
    if (elapsedMs !== undefined)
      this.#saidAt[index] = elapsedMs
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.#said.fill(Number.NaN, count * this.#slots.size)
    this.#saidAt.fill(Number.NaN, count)
  }

  #hasChanged(index: number, key: string, value: JsonValue): boolean {
    const slot = this.#slots.get(key)
    if (slot === undefined)
      return true
    const before = this.#said[index * this.#slots.size + slot]!
    const now = asNumber(value)
    const distance = Math.abs(now - before)
    const band = this.#bands[slot]!
    // Not "greater than", which nothing is that was never said.
    return !(band === 0 ? now === before : distance - band <= roundingShare * Math.max(1, Math.abs(now)))
  }

  #makeRoom(index: number): void {
    if (index < this.#saidAt.length)
      return
    const devices = Math.max(64, 2 * this.#saidAt.length, index + 1)
    this.#saidAt = grown(this.#saidAt, devices)
    this.#said = grown(this.#said, devices * this.#slots.size)
  }
}

/** Whether a property of this type can have a dead band. */
export function isBanded(type: ThingModel['properties'][number]['dataType']['type']): boolean {
  return type === 'int' || type === 'float' || type === 'double'
}

function grown(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const more = new Float64Array(length).fill(Number.NaN)
  more.set(numbers)
  return more
}

/** Whole numbers of 53 bits stand for what is no number: two texts hardly share one. */
function asNumber(value: JsonValue): number {
  if (typeof value === 'number')
    return value
  const text = JSON.stringify(value)
  let first = 0x811C_9DC5
  let second = 0x41C6_CE57
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    first = Math.imul(first ^ unit, 0x0100_0193)
    second = Math.imul(second ^ unit, 0x85EB_CA6B)
  }
  return (first >>> 0) * 0x20_0000 + (second >>> 11)
}
