import type { Replay, ReplayOmission, ReplayOmitted } from '../../shared/contract/replay.ts'
import { limits } from '../../shared/limits.ts'

/** Refused rows that are remembered, because a verdict may be announced twice. */
const refusedIdsMax = 10_000

type Counts = Pick<Replay, 'sent' | 'refused' | 'refusedByCode' | 'unacknowledged' | 'omitted' | 'lateMsMax' | 'lateMsMean' | 'late'>

/** What became of the messages of a replay. */
export class Tally {
  readonly #onChanged: () => void
  readonly #omitted: ReplayOmitted
  readonly #refusedByCode = new Map<number, number>()
  readonly #refusedIds = new Set<number>()
  #sent = 0
  #refused = 0
  #unacknowledged = 0
  #lateMsMax = 0
  #lateMsSum = 0
  #late = 0

  constructor(omitted: ReplayOmitted, onChanged: () => void) {
    this.#omitted = { ...omitted }
    this.#onChanged = onChanged
  }

  sent(qos: 0 | 1, lateMs: number): void {
    const late = Math.max(0, lateMs)
    this.#sent++
    this.#unacknowledged += qos
    this.#lateMsSum += late
    this.#lateMsMax = Math.max(this.#lateMsMax, late)
    this.#late += late > limits.replayLateMs ? 1 : 0
    this.#onChanged()
  }

  acknowledged(): void {
    this.#unacknowledged--
    this.#onChanged()
  }

  omit(reason: ReplayOmission, messages: number): void {
    this.#omitted[reason] = (this.#omitted[reason] ?? 0) + messages
    this.#onChanged()
  }

  /** The verdict on a row of the trace was another code than 200; the same row counts once. */
  refuse(rowId: number, code: number): void {
    if (rowId !== 0 && this.#refusedIds.has(rowId))
      return
    if (this.#refusedIds.size >= refusedIdsMax)
      this.#refusedIds.clear()
    this.#refusedIds.add(rowId)
    this.#refused++
    this.#refusedByCode.set(code, (this.#refusedByCode.get(code) ?? 0) + 1)
    this.#onChanged()
  }

  present(): Counts {
    return {
      sent: this.#sent,
      refused: this.#refused,
      refusedByCode: Object.fromEntries(this.#refusedByCode),
      unacknowledged: this.#unacknowledged,
      omitted: { ...this.#omitted },
      lateMsMax: this.#lateMsMax,
      lateMsMean: this.#sent === 0 ? 0 : this.#lateMsSum / this.#sent,
      late: this.#late,
    }
  }
}
