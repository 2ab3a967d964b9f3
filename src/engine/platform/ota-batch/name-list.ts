import type { InvalidName, NameCheck, NameFault } from '../../../shared/contract/batch-names.ts'
import { deviceNameSchema } from '../../../shared/contract/device.ts'
import { NameLines } from './name-lines.ts'

export interface NameListContext {
  namesId: string
  productKey: string
  /** The name of a device of the product as the engine keeps it, so that no second copy of it is held. */
  nameOf: (deviceName: string) => string | undefined
  /** Whether a device of another product has the name. */
  isElsewhere: (deviceName: string) => boolean
}

/** Characters of a wrong name that are kept, and wrong ones that are told at once. */
const wrongCharsMax = 64
const sampleMax = 10

/** A list of device names as it comes in: which of them a batch can take, and what is wrong with the others. */
export class NameList {
  readonly #context: NameListContext
  readonly #lines = new NameLines()
  readonly #decoder = new TextDecoder()
  readonly #names = new Set<string>()
  /** The invalid lines, in columns: there may be a million of them. */
  readonly #wrong: { lines: number[], names: string[], faults: NameFault[] } = { lines: [], names: [], faults: [] }
  readonly #counts: Record<NameFault, number> = { malformed: 0, unknown: 0, otherProduct: 0, repeated: 0 }
  #received = 0
  isWhole = false

  constructor(context: NameListContext) {
    this.#context = context
  }

  get productKey(): string { return this.#context.productKey }
  get received(): number { return this.#received }
  /** The devices that it names. */
  get names(): ReadonlySet<string> { return this.#names }
  /** Names in it, right and wrong. */
  get size(): number { return this.#names.size + this.#wrong.lines.length }

  push(bytes: Uint8Array): void {
    this.#received += bytes.length
    this.#take(this.#lines.push(this.#decoder.decode(bytes, { stream: true })))
  }

  /** It has come in whole. */
  end(): void {
    if (this.isWhole)
      return
    this.isWhole = true
    this.#take(this.#lines.push(this.#decoder.decode()))
    this.#take(this.#lines.end())
  }

  check(): NameCheck {
    const { namesId, productKey } = this.#context
    return { namesId, productKey, received: this.#received, valid: this.#names.size, invalid: { ...this.#counts }, sample: this.invalid(0, sampleMax).names }
  }

  invalid(offset: number, limit: number): { names: InvalidName[], total: number } {
    const { lines, names, faults } = this.#wrong
    const page = lines.slice(offset, offset + limit).map((line, index) => ({ line, name: names[offset + index]!, fault: faults[offset + index]! }))
    return { names: page, total: lines.length }
  }

  #take(found: ReturnType<NameLines['push']>): void {
    const { productKey, nameOf, isElsewhere } = this.#context
    for (const { line, name, productKey: named } of found) {
      const known = named === null || named === productKey ? nameOf(name) : undefined
      const fault = known !== undefined
        ? this.#names.has(known) ? 'repeated' : null
        : !deviceNameSchema.safeParse(name).success ? 'malformed' : (named !== null && named !== productKey) || isElsewhere(name) ? 'otherProduct' : 'unknown'
      if (fault === null) {
        this.#names.add(known!)
        continue
      }
      this.#counts[fault] += 1
      this.#wrong.lines.push(line)
      this.#wrong.names.push(name.slice(0, wrongCharsMax))
      this.#wrong.faults.push(fault)
    }
  }
}
