import type { Clock } from '../../../shared/clock.ts'
import type { TaskEvent, TaskPolicy } from '../../../shared/ota/task.ts'
import type { Store } from '../../store/types.ts'
import type { NoticesContext } from './notices.ts'
import type { Step } from './task-book.ts'
import type { BatchDevice, BatchRow, LiveBatch, TaskRow } from './types.ts'
import { AppError } from '../../../shared/errors.ts'
import { Announcer } from '../../../shared/feed.ts'
import { fill, fullBucket, rateAfter, untilNext } from '../../../shared/ota/push-rate.ts'
import { isUnfinished, nextLook } from '../../../shared/ota/task.ts'
import { Agenda } from './agenda.ts'
import { Notices } from './notices.ts'
import { batchParams, selectBatches, upsertBatch } from './rows.ts'
import { TaskBook } from './task-book.ts'
import { inTurns } from './turns.ts'
import { verificationOf } from './verification.ts'

export interface RolloutContext extends NoticesContext {
  clock: Clock
  store: Pick<Store, 'upsert' | 'read' | 'flush'>
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => BatchDevice | undefined
}

/** Devices told in one go when the rate has no limit, before sockets get their turn. */
const pushesAtOnce = 200
/** After how long a notice is sent again that the connection had no room for. */
const againMs = 1_000

/**
 * Batches under way: their schedule, the push rate, retries and timeouts, and what messages of devices do to tasks. All of it
 * can be built anew from the rows at any moment: a notice whose state was not written is sent again.
 */
export class Rollouts {
  readonly tasks: TaskBook
  readonly changed = new Announcer<string>()
  readonly #batches = new Map<string, LiveBatch>()
  readonly #context: RolloutContext
  readonly #agenda: Agenda
  readonly notices: Notices
  #isClosed = false
  /** Looks at the group of a dynamic batch; joined by who makes tasks. */
  onGroupDue: (batch: LiveBatch) => void = () => {}

  private constructor(context: RolloutContext, tasks: TaskBook) {
    this.#context = context
    this.tasks = tasks
    this.notices = new Notices(context)
    this.#agenda = new Agenda(context.clock, key => this.#due(key))
  }

  /** Reads what the workspace holds; `resume` sets it going. */
  static async open(context: RolloutContext): Promise<Rollouts> {
    const rollouts = new Rollouts(context, await TaskBook.open(context.store))
    for (const row of await context.store.read(selectBatches, []))
      rollouts.add(row)
    return rollouts
  }

  /** Goes on with what was under way when the engine ended. */
  resume(): void {
    for (const batch of this.#batches.values()) {
      this.schedule(batch)
      for (const task of this.tasks.ofBatch(batch.batchId))
        this.#look(task)
      this.settle(batch)
      if (batch.spec.isCancelled)
        void this.inTurns(this.tasks.ofBatch(batch.batchId), task => void this.apply(task, { kind: 'cancelled', evenInProgress: false }))
      // The end may have been written, and what the package had to be told of it not.
      if (batch.spec.kind === 'verify' && this.#context.packages.stateOf(batch.packageId) === 'verifying')
        this.verified(batch)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#agenda.close()
  }

  /** Does something with many tasks, some at a time; resolves when it is on disk, also when the engine is closed before that. */
  inTurns(tasks: Iterable<TaskRow>, run: (task: TaskRow) => unknown): Promise<void> {
    return inTurns([...tasks], run, { store: this.#context.store, isOver: () => this.#isClosed })
  }

  now(): number {
    return this.#context.clock.now()
  }

  /** All batches, oldest first. */
  all(): LiveBatch[] {
    return [...this.#batches.values()]
  }

  /** Throws AppError ota/batch-not-found. */
  get(batchId: string): LiveBatch {
    const batch = this.#batches.get(batchId)
    if (batch === undefined)
      throw new AppError('ota/batch-not-found', `There is no batch ${batchId}.`, { batchId })
    return batch
  }

  add(row: BatchRow): LiveBatch {
    const batch: LiveBatch = { ...row, counts: this.tasks.tallyOf(row.batchId).counts, waiting: new Set(), held: new Set(), bucket: fullBucket(this.now()), watch: null }
    this.#batches.set(row.batchId, batch)
    return batch
  }

  /** Takes back a batch that could not be written. */
  drop(batchId: string): void {
    this.#batches.delete(batchId)
  }

  /** Lets go of the batches of a product that is no more. */
  forgetProduct(productKey: string): void {
    for (const batch of this.all().filter(one => one.productKey === productKey)) {
      batch.watch = null
      batch.waiting.clear()
      for (const what of ['start', 'end', 'group', 'pump'])
        this.#agenda.set(`${what} ${batch.batchId}`, null)
      this.tasks.forget(batch.batchId)
      this.#batches.delete(batch.batchId)
    }
  }

  /** Writes a batch after it was changed, and shows it to whoever watches. */
  save(batch: LiveBatch): void {
    batch.modifiedAt = this.now()
    this.#context.store.upsert(`otaBatch ${batch.batchId}`, { statement: upsertBatch, params: batchParams(batch) })
    this.changed.announce(batch.batchId)
  }

  /** Arranges the planned start and end, and the looks at a group. */
  schedule(batch: LiveBatch): void {
    const { batchId, state, spec } = batch
    if (state === 'PLANNED')
      this.#agenda.set(`start ${batchId}`, spec.startAt ?? this.now())
    if (state === 'PLANNED' || state === 'IN_PROGRESS')
      this.#agenda.set(`end ${batchId}`, spec.endAt)
  }

  /** Looks at the group of a dynamic batch at a time, or when it was to be looked at before that. */
  lookAtGroup(batch: LiveBatch, at: number): void {
    this.#agenda.setBy(`group ${batch.batchId}`, at)
  }

  /** How tasks of a batch go on; the timeout is that of the task. */
  policyOf({ batchId, timeoutMs }: Pick<TaskRow, 'batchId' | 'timeoutMs'>): TaskPolicy {
    const { pushes, retryMinutes, retriesMax } = this.get(batchId).spec
    return { pushes, retryIntervalMs: retryMinutes === null ? null : retryMinutes * 60_000, retriesMax, timeoutMs }
  }

  /** Lets an event happen to a task, and does what follows of it, but for what has to be sent. */
  apply(task: TaskRow, event: TaskEvent, at = this.now()): Step {
    const batch = this.get(task.batchId)
    const mayGrow = batch.waiting.size > 0 && batch.spec.rate.kind === 'growing' && (event.kind === 'version' || event.kind === 'asked')
    if (mayGrow)
      this.#refill(batch)
    const step = this.tasks.apply(task, event, this.policyOf(task), at)
    if (task.state !== 'QUEUED')
      batch.waiting.delete(task)
    this.#look(task)
    if (!isUnfinished(task)) {
      batch.held.delete(task)
      this.#ended(batch, task)
    }
    this.changed.announce(task.batchId)
    if (mayGrow)
      this.#pumpBy(batch)
    return step
  }

  /** The same, and sends the notice when that follows. */
  happen(task: TaskRow, event: TaskEvent, traceId = 0): void {
    const { effect, note } = this.apply(task, event)
    note(traceId)
    if (effect === 'push')
      this.enqueue(task)
  }

  /** Puts a task that is to be pushed in its row: a new one waits for its turn, one that was told before is told at once. */
  enqueue(task: TaskRow, traceId = 0): void {
    const batch = this.get(task.batchId)
    this.#look(task)
    const { spec: { pushes, endAt }, state } = batch
    if (!pushes || state === 'PLANNED' || !isUnfinished(task) || task.state === 'CONFIRM' || !this.#context.deviceOf(task.deviceId)?.online)
      return
    // What is still chosen after the planned end is about to be cancelled.
    if (task.state === 'QUEUED' && endAt !== null && this.now() >= endAt)
      return
    if (task.state !== 'QUEUED')
      return this.#send(task, traceId)
    if (batch.pausedAt !== null)
      return
    batch.waiting.add(task)
    this.#agenda.setBy(`pump ${batch.batchId}`, this.now())
  }

  /** Changes what a batch is to do; what the push rate allowed up to now stays as it was. */
  respec(batch: LiveBatch, spec: LiveBatch['spec']): void {
    this.#refill(batch)
    batch.spec = spec
    this.save(batch)
    this.#pumpBy(batch)
  }

  /** Fills what the push rate allows, before the rate changes. */
  #refill(batch: LiveBatch): void {
    const rate = this.rateOf(batch)
    if (Number.isFinite(rate))
      batch.bucket = fill(batch.bucket, rate, this.now())
  }

  /** Tells the next devices of a batch whose rate may have changed. */
  #pumpBy(batch: LiveBatch): void {
    if (batch.waiting.size > 0)
      this.#agenda.setBy(`pump ${batch.batchId}`, this.now() + untilNext(batch.bucket, this.rateOf(batch)))
  }

  /**
   * Lets no device be told any more, until `proceed`. It is in the rows, so it outlasts the engine. Retries that come due and
   * devices that reconnect are told afterwards; timeouts go on, because the devices do. Not a thing of the cloud.
   */
  pause(batch: LiveBatch): void {
    if (batch.pausedAt !== null)
      return
    batch.pausedAt = this.now()
    batch.waiting.clear()
    this.save(batch)
  }

  /** Tells the devices whose turn it is, and those that were to be told while the batch was paused. */
  proceed(batch: LiveBatch): void {
    if (batch.pausedAt === null)
      return
    Object.assign(batch, { pausedAt: null, bucket: fullBucket(this.now()) })
    this.save(batch)
    const held = [...batch.held]
    batch.held.clear()
    void this.inTurns([...[...this.tasks.ofBatch(batch.batchId)].filter(({ state }) => state === 'QUEUED'), ...held], task => this.enqueue(task))
  }

  /** Ends a static batch whose tasks have all ended; one of which something is still under way is under way itself (OTA-106). */
  settle(batch: LiveBatch): void {
    if (batch.state !== 'IN_PROGRESS' || batch.selecting || batch.spec.dynamic || this.tasks.ofBatch(batch.batchId).size > 0)
      return
    this.end(batch, batch.spec.isCancelled ? 'CANCELED' : 'COMPLETED')
  }

  /** A batch has run its course, or is cancelled. */
  end(batch: LiveBatch, state: 'COMPLETED' | 'CANCELED'): void {
    batch.state = state
    batch.endedAt = this.now()
    batch.watch = null
    this.#agenda.set(`start ${batch.batchId}`, null)
    this.#agenda.set(`end ${batch.batchId}`, null)
    this.#agenda.set(`group ${batch.batchId}`, null)
    this.save(batch)
    this.verified(batch)
  }

  /** A static batch that was over goes on, because tasks of it begin anew. */
  reopen(batch: LiveBatch): void {
    if (batch.spec.dynamic || (batch.state === 'IN_PROGRESS' && !batch.spec.isCancelled) || batch.state === 'PLANNED')
      return
    Object.assign(batch, { state: 'IN_PROGRESS', startedAt: batch.startedAt ?? this.now(), endedAt: null, spec: { ...batch.spec, isCancelled: false } })
    this.save(batch)
    this.schedule(batch)
    this.verified(batch)
    this.settle(batch)
  }

  /** Tells the package how its verification goes (OTA-29, A-37). */
  verified({ spec, packageId }: LiveBatch): void {
    if (spec.kind === 'verify' && this.#context.packages.stateOf(packageId) !== undefined)
      this.#context.packages.setVerification(packageId, verificationOf(this.all().filter(batch => batch.packageId === packageId && batch.spec.kind === 'verify')))
  }

  /** Devices a minute at this moment. */
  rateOf({ batchId, spec: { rate }, counts }: LiveBatch): number {
    const { notified } = this.tasks.tallyOf(batchId)
    return rateAfter(rate, rate.kind === 'growing' && rate.counts === 'succeeded' ? counts.SUCCEEDED : notified)
  }

  #ended(batch: LiveBatch, task: TaskRow): void {
    const match = batch.watch?.matches.get(task.deviceId)
    if (match)
      match.lastFailed = task.state === 'FAILED'
    if (batch.state === 'IN_PROGRESS')
      this.verified(batch)
    this.settle(batch)
  }

  #look(task: TaskRow): void {
    this.#agenda.set(`task ${task.taskId}`, nextLook(task, this.policyOf(task)))
  }

  #due(key: string): void {
    const [what, id = ''] = key.split(' ')
    if (what === 'task' || what === 'send') {
      const task = this.tasks.byId(Number(id))
      if (task !== undefined && what === 'send')
        this.#send(task)
      else if (task !== undefined)
        this.happen(task, { kind: 'clock', at: this.now() })
      return
    }
    const batch = this.#batches.get(id)
    if (batch === undefined)
      return
    switch (what) {
      case 'pump': return this.#pump(batch)
      case 'start': return this.#start(batch)
      case 'end': return this.#endSchedule(batch)
      case 'group': return this.onGroupDue(batch)
    }
  }

  #start(batch: LiveBatch): void {
    if (batch.state !== 'PLANNED')
      return
    const now = this.now()
    Object.assign(batch, { state: 'IN_PROGRESS', startedAt: now, bucket: fullBucket(now) })
    this.save(batch)
    void this.inTurns(this.tasks.ofBatch(batch.batchId), (task) => {
      if (task.state === 'QUEUED')
        this.enqueue(task)
    })
    this.settle(batch)
  }

  #endSchedule(batch: LiveBatch): void {
    batch.waiting.clear()
    void this.inTurns(this.tasks.ofBatch(batch.batchId), task => void this.apply(task, { kind: 'scheduleEnded' })).then(() => this.settle(batch))
  }

  /** Tells the next devices, as many as the rate allows by now (OTA-47 to OTA-50). */
  #pump(batch: LiveBatch): void {
    let rate = this.rateOf(batch)
    const isUnlimited = !Number.isFinite(rate)
    if (!isUnlimited)
      batch.bucket = fill(batch.bucket, rate, this.now())
    let sent = 0
    for (const task of batch.waiting) {
      if (isUnlimited ? sent >= pushesAtOnce : batch.bucket.tokens < 1)
        break
      batch.waiting.delete(task)
      if (task.state !== 'QUEUED' || !this.#context.deviceOf(task.deviceId)?.online)
        continue
      if (!isUnlimited)
        batch.bucket.tokens -= 1
      sent += 1
      this.#send(task)
      rate = this.rateOf(batch)
    }
    if (batch.waiting.size > 0)
      this.#agenda.set(`pump ${batch.batchId}`, this.now() + (isUnlimited ? 0 : untilNext(batch.bucket, rate)))
  }

  /** Sends the notice; what the connection had no room for is sent again, and what did not arrive waits for the next connect. */
  #send(task: TaskRow, causeId = 0): void {
    const { pausedAt, held } = this.get(task.batchId)
    if (pausedAt !== null)
      return void held.add(task)
    const device = this.#context.deviceOf(task.deviceId)
    const content = device?.online ? this.notices.contentOf(device, task, this.get(task.batchId)) : null
    if (!device || !content)
      return
    const { outcome, traceId } = this.notices.send(device, task, content, this.now(), causeId)
    if (outcome === 'done')
      this.apply(task, { kind: 'pushed' }).note(traceId)
    else if (outcome === 'again')
      this.#agenda.set(`send ${task.taskId}`, this.now() + againMs)
  }
}

/** Names of modules differ in more than their case. */
export function isSame(module: string, other: string): boolean {
  return module.toLowerCase() === other.toLowerCase()
}
