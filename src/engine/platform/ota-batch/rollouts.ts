import type { NoticeContent } from '../../../shared/alink/ota-notice.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { TaskEvent, TaskPolicy } from '../../../shared/ota/task.ts'
import type { Store } from '../../store/types.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'
import type { Step } from './task-book.ts'
import type { BatchDevice, BatchRow, LiveBatch, PackageSource, TaskRow } from './types.ts'
import { buildNotice } from '../../../shared/alink/ota-notice.ts'
import { AppError } from '../../../shared/errors.ts'
import { Announcer } from '../../../shared/feed.ts'
import { fill, fullBucket, rateAfter, untilNext } from '../../../shared/ota/push-rate.ts'
import { isUnfinished, nextLook } from '../../../shared/ota/task.ts'
import { Agenda } from './agenda.ts'
import { batchParams, selectBatches, upsertBatch } from './rows.ts'
import { TaskBook } from './task-book.ts'

export interface RolloutContext {
  clock: Clock
  store: Pick<Store, 'upsert' | 'read'>
  packages: PackageSource
  /** Sends a message to a device as part of the journey of `cause`, and tells at once what became of it; returns the id of its row. */
  downlink: { send: (deviceId: number, message: DownlinkMessage, cause: { id: number, waits: false } | undefined, onResult: (result: string) => void) => number }
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
  #lastNoticeId = 0
  /** Looks at the group of a dynamic batch; joined by who makes tasks. */
  onGroupDue: (batch: LiveBatch) => void = () => {}

  private constructor(context: RolloutContext, tasks: TaskBook) {
    this.#context = context
    this.tasks = tasks
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
      // The end may have been written, and what the package had to be told of it not.
      if (batch.spec.kind === 'verify' && this.#context.packages.stateOf(batch.packageId) === 'verifying')
        this.verified(batch)
    }
  }

  close(): void {
    this.#agenda.close()
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

  /** Looks at the group of a dynamic batch at a time; null: no more. */
  lookAtGroup(batch: LiveBatch, at: number | null): void {
    this.#agenda.set(`group ${batch.batchId}`, at)
  }

  /** How tasks of a batch go on; the timeout is that of the task. */
  policyOf({ batchId, timeoutMs }: Pick<TaskRow, 'batchId' | 'timeoutMs'>): TaskPolicy {
    const { pushes, retryMinutes, retriesMax } = this.get(batchId).spec
    return { pushes, retryIntervalMs: retryMinutes === null ? null : retryMinutes * 60_000, retriesMax, timeoutMs }
  }

  /** Lets an event happen to a task, and does what follows of it, but for what has to be sent. */
  apply(task: TaskRow, event: TaskEvent, at = this.now()): Step {
    const step = this.tasks.apply(task, event, this.policyOf(task), at)
    const batch = this.get(task.batchId)
    if (task.state !== 'QUEUED')
      batch.waiting.delete(task)
    this.#look(task)
    if (!isUnfinished(task)) {
      batch.held.delete(task)
      this.#ended(batch, task)
    }
    this.changed.announce(task.batchId)
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
    if (!batch.spec.pushes || batch.state === 'PLANNED' || !isUnfinished(task) || task.state === 'CONFIRM' || !this.#context.deviceOf(task.deviceId)?.online)
      return
    if (task.state !== 'QUEUED')
      return this.#send(task, traceId)
    if (batch.pausedAt !== null)
      return
    batch.waiting.add(task)
    this.#agenda.set(`pump ${batch.batchId}`, this.now())
  }

  /** Tells the next devices of a batch whose rate has changed. */
  pumpSoon(batch: LiveBatch): void {
    if (batch.waiting.size > 0)
      this.#agenda.set(`pump ${batch.batchId}`, this.now())
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
    for (const task of [...[...this.tasks.ofBatch(batch.batchId)].filter(({ state }) => state === 'QUEUED'), ...held])
      this.enqueue(task)
  }

  /** A device has come online: what it was told it is told again, what waits for it takes its turn (OTA-104, row 4). */
  onOnline({ deviceId }: FeatureDevice): void {
    for (const task of this.tasks.ofDevice(deviceId)) {
      const { effect } = this.apply(task, { kind: 'online' })
      if (effect === 'push' || task.state === 'QUEUED')
        this.enqueue(task)
    }
  }

  /** What a device is told that asks for an update of a module; null: nothing. `note` names the message. */
  onAsked(device: FeatureDevice, module: string): { content: NoticeContent | null, note: Step['note'] } {
    const task = this.tasks.ofDevice(device.deviceId).findLast(one => isSame(one.module, module))
    const content = task && this.#noticeOf(task, device)
    if (!task || !content)
      return { content: null, note: () => {} }
    const { effect, note } = this.apply(task, { kind: 'asked', early: this.#isHeldBack(task) })
    return { content: effect === 'answer' ? content : null, note }
  }

  /** Before its planned start and while its batch is paused, a device that was not told yet gets nothing when it asks. */
  #isHeldBack({ batchId, state }: TaskRow): boolean {
    const batch = this.get(batchId)
    return batch.state === 'PLANNED' || (batch.pausedAt !== null && state === 'QUEUED')
  }

  /** A device tells how far it is. */
  onProgress({ deviceId }: FeatureDevice, { module, step, desc }: { module: string, step: number, desc: string }, at: number): Step['note'] {
    const task = this.tasks.ofDevice(deviceId).findLast(one => isSame(one.module, module))
    return task === undefined ? () => {} : this.apply(task, { kind: 'progress', step, description: desc, at }, at).note
  }

  /** A device tells the version of a module. */
  onVersion({ deviceId }: FeatureDevice, { module, version }: { module: string, version: string }, at: number): Step['note'] {
    const notes = this.tasks.ofDevice(deviceId)
      .filter(one => isSame(one.module, module))
      .map(task => this.apply(task, { kind: 'version', version, at }, at).note)
    return traceId => notes.forEach(note => note(traceId))
  }

  /** Ends a static batch whose tasks have all ended. */
  settle(batch: LiveBatch): void {
    if (batch.state !== 'IN_PROGRESS' || batch.selecting || batch.spec.dynamic || this.tasks.ofBatch(batch.batchId).size > 0)
      return
    this.end(batch, 'COMPLETED')
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

  /** Tells the package how its verification goes (OTA-29, A-37). */
  verified({ spec, counts, state, packageId }: LiveBatch): void {
    if (spec.kind !== 'verify')
      return
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
    const percent = all === 0 ? 0 : Math.floor(counts.SUCCEEDED * 100 / all)
    const isOver = state === 'COMPLETED' || state === 'CANCELED'
    this.#context.packages.setVerification(packageId, !isOver ? 'verifying' : percent === 100 ? 'verified' : 'failed', percent)
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
    for (const task of this.tasks.ofBatch(batch.batchId))
      this.enqueue(task)
    this.settle(batch)
  }

  #endSchedule(batch: LiveBatch): void {
    for (const task of [...this.tasks.ofBatch(batch.batchId)])
      this.apply(task, { kind: 'scheduleEnded' })
    this.settle(batch)
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

  #noticeOf(task: TaskRow, device: FeatureDevice): NoticeContent | null {
    const { packageId, spec } = this.get(task.batchId)
    // The stream of a task is the task itself, so that its id stays whenever the device is told again (OTA-93).
    return this.#context.packages.noticeOf(packageId, device, spec.tags, spec.protocol === 'MQTT' ? { streamId: task.taskId, streamFileId: 1 } : undefined)
  }

  /** Sends the notice; what the connection had no room for is sent again, and what did not arrive waits for the next connect. */
  #send(task: TaskRow, causeId = 0): void {
    const { pausedAt, held } = this.get(task.batchId)
    if (pausedAt !== null)
      return void held.add(task)
    const device = this.#context.deviceOf(task.deviceId)
    const content = device?.online ? this.#noticeOf(task, device) : null
    if (!device || !content)
      return
    this.#lastNoticeId = Math.max(this.#lastNoticeId + 1, Math.floor(this.now()))
    const { topic, payload } = buildNotice(device, content, this.#lastNoticeId)
    const steps = [{ bizCode: 'OTA', operation: 'OTAFirmwarePush', code: 200 }]
    let outcome: 'done' | 'again' | 'lost' = 'lost'
    const cause = causeId === 0 ? undefined : { id: causeId, waits: false } as const
    const traceId = this.#context.downlink.send(device.deviceId, { topic, payload: Buffer.from(payload), qos: 1, steps }, cause, (result) => {
      outcome = result === 'sent' || result === 'queued' ? 'done' : result === 'dropped' || result === 'throttled' ? 'again' : 'lost'
    })
    // The callback has been called by now, which the compiler cannot know.
    switch (outcome as 'done' | 'again' | 'lost') {
      case 'done': return this.apply(task, { kind: 'pushed' }).note(traceId)
      case 'again': return this.#agenda.set(`send ${task.taskId}`, this.now() + againMs)
      case 'lost':
    }
  }
}

/** Names of modules differ in more than their case. */
export function isSame(module: string, other: string): boolean {
  return module.toLowerCase() === other.toLowerCase()
}
