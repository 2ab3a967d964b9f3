import type { Alarm, Clock } from '../../shared/clock.ts'
import type { PolicyContent, PolicyWhen, PushPolicy } from '../../shared/contract/device-simulation.ts'
import type { KeptPolicy } from './rows.ts'
import { AppError } from '../../shared/errors.ts'
import { beatFrom, beatsBetween, endOf } from './policy-rules.ts'

/** A single message that is later than this is not sent any more. */
const lateMsMax = 60_000

export interface PoliciesContext {
  clock: Clock
  isOnline: () => boolean
  /**
   * Sends the next message of a policy, `elapsedMs` after it began; false when the connection has no room. `onRefused` is
   * called when the platform, or the product's script, did not like it.
   */
  send: (policyId: string, content: PolicyContent, elapsedMs: number, onRefused: (problem: string) => void) => boolean
  /** A policy is another one than it was, apart from its counts. */
  onKept: (policy: KeptPolicy) => void
  onChanged: () => void
}

interface Entry { policy: KeptPolicy, nextAt: number | null, alarm: Alarm | undefined }

/** The push policies of one simulated device (platform rules SIM-7, SIM-8 and SIM-17): they send while it is online. */
export class Policies {
  readonly #context: PoliciesContext
  readonly #entries = new Map<string, Entry>()

  constructor(context: PoliciesContext, kept: readonly KeptPolicy[]) {
    this.#context = context
    for (const policy of kept)
      this.#entries.set(policy.policyId, { policy, nextAt: null, alarm: undefined })
    this.#planAll()
  }

  list(): PushPolicy[] {
    return [...this.#entries.values()].map(present)
  }

  kept(): KeptPolicy[] {
    return [...this.#entries.values()].map(({ policy }) => policy)
  }

  get size(): number {
    return this.#entries.size
  }

  has(policyId: string): boolean {
    return this.#entries.has(policyId)
  }

  /** Begins a policy, in the place of one of that id if there is one. */
  set(policyId: string, content: PolicyContent, when: PolicyWhen): PushPolicy {
    this.#entries.get(policyId)?.alarm?.cancel()
    const startedAt = this.#context.clock.now()
    const policy: KeptPolicy = { policyId, content, when, state: 'running', startedAt, endsAt: endOf(when, startedAt), sent: 0, skipped: 0, refused: 0, problem: null }
    const entry: Entry = { policy, nextAt: null, alarm: undefined }
    this.#entries.set(policyId, entry)
    // The clock may have gone on since; the first beat is due all the same.
    this.#plan(entry, startedAt)
    this.#context.onKept(entry.policy)
    this.#context.onChanged()
    return present(entry)
  }

  pause(policyId: string, paused: boolean): PushPolicy {
    const entry = this.#entry(policyId)
    if (entry.policy.state === 'running' || entry.policy.state === 'paused') {
      this.#change(entry, { state: paused ? 'paused' : 'running' })
      this.#plan(entry)
    }
    return present(entry)
  }

  remove(policyId: string): void {
    this.#entry(policyId).alarm?.cancel()
    this.#entries.delete(policyId)
    this.#context.onChanged()
  }

  /** The device has come online or gone offline. */
  onlineChanged(): void {
    this.#planAll()
  }

  close(): void {
    for (const entry of this.#entries.values())
      entry.alarm?.cancel()
  }

  #entry(policyId: string): Entry {
    const entry = this.#entries.get(policyId)
    if (!entry)
      throw new AppError('simulation/not-found', `The simulated device has no push policy ${policyId}.`, { policyId })
    return entry
  }

  #planAll(): void {
    for (const entry of this.#entries.values())
      this.#plan(entry)
  }

  /** Works out when a policy sends next, and sets the alarm for it. */
  #plan(entry: Entry, now = this.#context.clock.now()): void {
    entry.alarm?.cancel()
    entry.alarm = undefined
    const { clock, isOnline } = this.#context
    const { policy: { when, state, startedAt }, nextAt } = entry
    if (state !== 'running') {
      entry.nextAt = null
      return
    }
    if (when.kind === 'once') {
      entry.nextAt = when.at
      // Without the device its instant passes, and then it is known to be missed.
      entry.alarm = clock.setAlarm(Math.max(0, when.at - now), () => this.#runOnce(entry, when.at))
      return
    }
    const from = nextAt ?? startedAt
    if (from < now && nextAt !== null)
      entry.policy = { ...entry.policy, skipped: entry.policy.skipped + beatsBetween(when.intervalMs, from, now) }
    entry.nextAt = beatFrom(when, startedAt, Math.max(from, now))
    if (entry.nextAt === null)
      return this.#change(entry, { state: 'ended' })
    if (isOnline())
      entry.alarm = clock.setAlarm(Math.max(0, entry.nextAt - now), () => this.#runBeat(entry, when))
    else if (entry.policy.endsAt !== null)
      entry.alarm = clock.setAlarm(Math.max(0, entry.policy.endsAt - now), () => this.#plan(entry))
  }

  #runOnce(entry: Entry, at: number): void {
    const { clock, isOnline } = this.#context
    const isLate = clock.now() - at > lateMsMax
    if (!isOnline() || isLate) {
      entry.nextAt = null
      return this.#change(entry, { state: 'missed', skipped: 1, problem: isLate ? 'Its instant passed while the engine did not run.' : 'The device was not online at that instant.' })
    }
    this.#send(entry)
    entry.nextAt = null
    this.#change(entry, { state: 'ended' })
  }

  #runBeat(entry: Entry, when: Extract<PolicyWhen, { kind: 'every' }>): void {
    this.#send(entry)
    entry.nextAt = (entry.nextAt ?? this.#context.clock.now()) + when.intervalMs
    this.#plan(entry)
    this.#context.onChanged()
  }

  #send(entry: Entry): void {
    const { clock, send } = this.#context
    const { policyId, content, startedAt } = entry.policy
    const isSent = send(policyId, content, Math.max(0, clock.now() - startedAt), (problem) => {
      entry.policy = { ...entry.policy, refused: entry.policy.refused + 1, problem }
      this.#context.onChanged()
    })
    const { sent, skipped } = entry.policy
    entry.policy = isSent ? { ...entry.policy, sent: sent + 1 } : { ...entry.policy, skipped: skipped + 1 }
  }

  #change(entry: Entry, change: Partial<KeptPolicy>): void {
    entry.policy = { ...entry.policy, ...change }
    this.#context.onKept(entry.policy)
    this.#context.onChanged()
  }
}

function present({ policy, nextAt }: Entry): PushPolicy {
  return { ...policy, nextAt: policy.state === 'running' ? nextAt : null }
}
