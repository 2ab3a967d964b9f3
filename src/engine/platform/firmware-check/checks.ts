import type { Announcer } from '../../../shared/feed.ts'
import type { Store, StoredTrace } from '../../store/types.ts'
import type { CheckFacts, CheckRow } from './types.ts'
import { limits } from '../../../shared/limits.ts'
import { readObject } from './payload.ts'
import { deleteCheck, selectChecks, upsertCheck } from './rows.ts'
import { emptyFacts, noticeRow } from './rules.ts'

/** What is true of a device when its check begins, and has no row of its own any more. */
export interface PresentState {
  /** When its connection was made; null while it has none. */
  connectedAt: number | null
  filters: string[]
  isSubscribedFor: boolean
}

/** Kept in memory, because every message of the device may change it, and written whenever it has. */
export class FirmwareChecks {
  readonly #store: Store
  readonly #tail: Announcer<StoredTrace>
  /** Ends the listening to the trace, which costs every message a little and is not done for nobody. */
  #listening: AbortController | undefined
  readonly #facts = new Map<number, CheckFacts>()
  /** Rows that come while the past of a device is being read. */
  readonly #waiting = new Map<number, { rows: CheckRow[], done: Promise<void> }>()

  private constructor(store: Store, tail: Announcer<StoredTrace>) {
    this.#store = store
    this.#tail = tail
  }

  /** Reads what the workspace holds, and goes on with it as rows come to the trace. */
  static async open(store: Store, tail: Announcer<StoredTrace>): Promise<FirmwareChecks> {
    const checks = new FirmwareChecks(store, tail)
    for (const { deviceId, facts } of await store.read(selectChecks, []))
      checks.#set(deviceId, facts)
    return checks
  }

  #set(deviceId: number, facts: CheckFacts): void {
    this.#facts.set(deviceId, facts)
    if (this.#listening === undefined) {
      this.#listening = new AbortController()
      this.#tail.listen(this.#listening.signal, row => this.#notice(row))
    }
  }

  /** Takes a row of the trace into account, also one that comes again with another verdict. */
  #notice(row: StoredTrace): void {
    const facts = this.#facts.get(row.deviceId)
    if (facts === undefined || row.id === 0)
      return
    const seen = toCheckRow(row)
    const waiting = this.#waiting.get(row.deviceId)
    if (waiting !== undefined)
      waiting.rows.push(seen)
    else
      this.#keep(row.deviceId, noticeRow(facts, seen), facts)
  }

  #keep(deviceId: number, facts: CheckFacts, before?: CheckFacts): void {
    if (facts === before)
      return
    this.#set(deviceId, facts)
    this.#store.upsert(`firmware check ${deviceId}`, { statement: upsertCheck, params: [deviceId, JSON.stringify(facts)] })
  }

  /** What is known of a device; a check that has not begun begins with the last messages that are recorded of it. */
  async of(deviceId: number, present: () => Promise<PresentState>, now: number): Promise<CheckFacts> {
    if (!this.#facts.has(deviceId))
      this.#readPast(deviceId, present, now)
    await this.#waiting.get(deviceId)?.done
    return this.#facts.get(deviceId) ?? emptyFacts(now)
  }

  /** What is known now, without waiting. */
  peek(deviceId: number): CheckFacts | undefined {
    return this.#facts.get(deviceId)
  }

  #readPast(deviceId: number, present: () => Promise<PresentState>, now: number): void {
    this.#makeRoom()
    this.#set(deviceId, emptyFacts(now))
    const rows: CheckRow[] = []
    const read = async (): Promise<void> => {
      await this.#store.flush()
      const page = await this.#store.traces.page({ deviceId }, { limit: limits.firmwarePastRowsMax })
      const past = page.rows.toReversed().map(toCheckRow)
      const lastId = past.at(-1)?.id ?? 0
      const begun = emptyFacts(Math.min(now, past[0]?.at ?? now))
      const known = past.reduce(noticeRow, begun)
      const begunWith = withPresent(known, await present())
      const facts = rows.filter(row => row.id > lastId).reduce(noticeRow, begunWith)
      this.#keep(deviceId, facts)
    }
    const done = read().finally(() => this.#waiting.delete(deviceId))
    // Whoever asks is told; the promise itself must not end the process.
    done.catch(() => {})
    this.#waiting.set(deviceId, { rows, done })
  }

  /** Begins anew: of the past, only what is still true counts. */
  begin(deviceId: number, present: PresentState, now: number): CheckFacts {
    if (!this.#facts.has(deviceId))
      this.#makeRoom()
    const facts = withPresent(emptyFacts(now), present)
    this.#keep(deviceId, facts)
    return facts
  }

  #makeRoom(): void {
    const [oldest] = this.#facts.keys()
    if (this.#facts.size >= limits.firmwareChecksMax && oldest !== undefined)
      this.forget(oldest)
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    if (!this.#facts.delete(deviceId))
      return
    this.#store.upsert(`firmware check ${deviceId}`, { statement: deleteCheck, params: [deviceId] })
    if (this.#facts.size === 0) {
      this.#listening?.abort()
      this.#listening = undefined
    }
  }
}

function withPresent(facts: CheckFacts, { connectedAt, filters, isSubscribedFor }: PresentState): CheckFacts {
  if (connectedAt === null)
    return facts
  const connect = facts.steps.connect ?? { first: null, last: null, passes: 0, failure: null, failures: 0, asked: null, isNote: false }
  const since = { at: connectedAt, rowId: null }
  const steps = connect.last === null ? { ...facts.steps, connect: { ...connect, first: since, last: since, passes: 1 } } : facts.steps
  return { ...facts, steps, filters, isSubscribedFor, away: null }
}

function toCheckRow({ id, at, direction, topic, code, detail, payload }: StoredTrace): CheckRow {
  return { id, at, direction, topic, code, detail, content: () => readObject(payload) }
}
