import { subscribePacketId } from './connect-packet.ts'

const none = -1
const packetIdMax = subscribePacketId - 1

/**
 * QoS 1 publishes that wait for their PUBACK: short lists, one per device, in slots shared by the whole fleet. A device
 * with nothing under way costs two numbers.
 */
export class Inflight {
  /** By device index: its newest slot, and the packet id it used last. */
  readonly #newest: number[] = []
  readonly #lastId: number[] = []
  /** By slot. */
  readonly #packetId: number[] = []
  readonly #sentAt: number[] = []
  readonly #older: number[] = []
  #free = none
  #size = 0

  /** How many publishes of all devices are under way. */
  get size(): number {
    return this.#size
  }

  /** Whether any publish of a device is under way. */
  has(index: number): boolean {
    return (this.#newest[index] ?? none) !== none
  }

  /** How many publishes of a device are under way. */
  countOf(index: number): number {
    let count = 0
    for (let slot = this.#newest[index] ?? none; slot !== none; slot = this.#older[slot]!)
      count++
    return count
  }

  /** Notes a publish that is about to be sent; its packet id, which no publish of the device still waits with (MQTT 3.1.1, 2.3.1). */
  add(index: number, sentAt: number): number {
    while (this.#newest.length <= index) {
      this.#newest.push(none)
      this.#lastId.push(0)
    }
    const packetId = this.#nextId(index)
    const slot = this.#takeSlot()
    this.#packetId[slot] = packetId
    this.#sentAt[slot] = sentAt
    this.#older[slot] = this.#newest[index]!
    this.#newest[index] = slot
    this.#size++
    return packetId
  }

  /** Ends the wait for a PUBACK; the instant the publish was sent, or undefined when no publish of that id is under way. */
  take(index: number, packetId: number): number | undefined {
    let newer = none
    for (let slot = this.#newest[index] ?? none; slot !== none; slot = this.#older[slot]!) {
      if (this.#packetId[slot] === packetId) {
        if (newer === none)
          this.#newest[index] = this.#older[slot]!
        else
          this.#older[newer] = this.#older[slot]!
        this.#release(slot)
        return this.#sentAt[slot]
      }
      newer = slot
    }
    return undefined
  }

  /** The connection of a device is gone: no PUBACK will come for what was under way. */
  forget(index: number): void {
    let slot = this.#newest[index] ?? none
    while (slot !== none) {
      const older = this.#older[slot]!
      this.#release(slot)
      slot = older
    }
    if (index < this.#newest.length)
      this.#newest[index] = none
  }

  #nextId(index: number): number {
    let packetId = this.#lastId[index]!
    do
      packetId = packetId >= packetIdMax ? 1 : packetId + 1
    while (this.#isUsed(index, packetId))
    this.#lastId[index] = packetId
    return packetId
  }

  #isUsed(index: number, packetId: number): boolean {
    for (let slot = this.#newest[index]!; slot !== none; slot = this.#older[slot]!) {
      if (this.#packetId[slot] === packetId)
        return true
    }
    return false
  }

  #takeSlot(): number {
    const slot = this.#free
    if (slot === none)
      return this.#older.length
    this.#free = this.#older[slot]!
    return slot
  }

  #release(slot: number): void {
    this.#older[slot] = this.#free
    this.#free = slot
    this.#size--
  }
}
