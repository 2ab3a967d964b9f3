import type { TaskCounts } from '../../../shared/contract/batch.ts'
import type { OtaTask, TaskEffect, TaskEvent, TaskPolicy } from '../../../shared/ota/task.ts'
import type { Store } from '../../store/types.ts'
import type { EventRow, TaskRow } from './types.ts'
import { advance, isUnfinished } from '../../../shared/ota/task.ts'
import { countTasks, selectLastIds, selectTask, selectUnfinished, taskParams, upsertEvent, upsertTask } from './rows.ts'

/** No task in any state. */
export function noTasks(): TaskCounts {
  return { CONFIRM: 0, QUEUED: 0, NOTIFIED: 0, IN_PROGRESS: 0, SUCCEEDED: 0, FAILED: 0, CANCELED: 0 }
}

export interface Tally { counts: TaskCounts, notified: number }

/** What an event did to a task. */
export interface Step {
  effect: TaskEffect
  /** Names the message behind it, once that has its row. */
  note: (traceId: number) => void
}

/** Rows read at a time. */
const rowsAtOnce = 5_000

/** Events that are nothing to tell when they change nothing. */
const quiet: ReadonlySet<TaskEvent['kind']> = new Set(['online', 'offline', 'clock', 'cancelled', 'overridden', 'scheduleEnded', 'packageDeleted'])

/**
 * The tasks that may still change, in memory by device, and the way of every change to the rows: a task and the step that
 * tells of it are queued together, before the message that caused them, so that no commit holds a message without what it did.
 */
export class TaskBook {
  readonly #store: Pick<Store, 'upsert' | 'read'>
  readonly #tasks = new Map<number, TaskRow>()
  readonly #byDevice = new Map<number, TaskRow[]>()
  readonly #byBatch = new Map<string, Set<TaskRow>>()
  readonly #tallies = new Map<string, Tally>()
  #lastTaskId = 0
  #lastEventId = 0

  private constructor(store: Pick<Store, 'upsert' | 'read'>) {
    this.#store = store
  }

  static async open(store: Pick<Store, 'upsert' | 'read'>): Promise<TaskBook> {
    const book = new TaskBook(store)
    const [ids] = await store.read(selectLastIds, [])
    book.#lastTaskId = ids?.taskId ?? 0
    book.#lastEventId = ids?.eventId ?? 0
    for (const { batchId, state, count, notified } of await store.read(countTasks, [])) {
      const tally = book.tallyOf(batchId)
      tally.counts[state] = count
      tally.notified += notified
    }
    for (let after: number | undefined = 0; after !== undefined;) {
      const rows: TaskRow[] = await store.read(selectUnfinished, [after, rowsAtOnce])
      rows.forEach(task => book.#hold(task))
      after = rows.length < rowsAtOnce ? undefined : rows.at(-1)?.taskId
    }
    return book
  }

  /** The counts of a batch; they go on changing. */
  tallyOf(batchId: string): Tally {
    let tally = this.#tallies.get(batchId)
    if (tally === undefined)
      this.#tallies.set(batchId, tally = { counts: noTasks(), notified: 0 })
    return tally
  }

  /** The unfinished tasks of a device, oldest first. */
  ofDevice(deviceId: number): readonly TaskRow[] {
    return this.#byDevice.get(deviceId) ?? []
  }

  /** The unfinished tasks of a batch. */
  ofBatch(batchId: string): ReadonlySet<TaskRow> {
    return this.#byBatch.get(batchId) ?? new Set()
  }

  /** An unfinished task. */
  byId(taskId: number): TaskRow | undefined {
    return this.#tasks.get(taskId)
  }

  /** Unfinished tasks of all devices. */
  get size(): number {
    return this.#tasks.size
  }

  /** Any task, as its row has it; for one that has ended. */
  async read(taskId: number): Promise<TaskRow | undefined> {
    const [row] = await this.#store.read(selectTask, [taskId])
    return this.#tasks.get(taskId) ?? row
  }

  /** Keeps a new task; one that begins as failed is over at once. */
  add(task: Omit<TaskRow, 'taskId' | 'modifiedAt'>): { task: TaskRow } & Pick<Step, 'note'> {
    const row: TaskRow = { ...task, taskId: ++this.#lastTaskId, modifiedAt: task.createdAt }
    this.tallyOf(row.batchId).counts[row.state] += 1
    this.#hold(row)
    this.#write(row)
    return { task: row, note: this.#tell(row, 'created', row.createdAt) }
  }

  /** Lets a task that had ended begin anew. */
  revive(task: TaskRow, fresh: OtaTask, at: number): TaskRow {
    const { counts } = this.tallyOf(task.batchId)
    counts[task.state] -= 1
    Object.assign(task, fresh, { modifiedAt: at })
    counts[task.state] += 1
    this.#hold(task)
    this.#write(task)
    this.#tell(task, 'retried', at)
    return task
  }

  /** Lets an event happen to an unfinished task (platform rule OTA-104). */
  apply(task: TaskRow, event: TaskEvent, policy: TaskPolicy, at: number): Step {
    const before = { ...task }
    const { task: after, effect } = advance(task, event, policy)
    const isChanged = (Object.keys(after) as (keyof typeof after)[]).some(key => after[key] !== before[key])
    const isFirstNotice = task.notifiedAt === null && (event.kind === 'pushed' || effect === 'answer')
    if (!isChanged && !isFirstNotice && quiet.has(event.kind))
      return { effect, note: () => {} }
    Object.assign(task, after, { modifiedAt: at })
    const tally = this.tallyOf(task.batchId)
    if (isFirstNotice) {
      task.notifiedAt = at
      tally.notified += 1
    }
    if (before.state !== task.state) {
      tally.counts[before.state] -= 1
      tally.counts[task.state] += 1
    }
    if (!isUnfinished(task))
      this.#release(task)
    this.#write(task)
    return { effect, note: this.#tell(task, nameOf(event), at) }
  }

  /** Lets go of a batch that is no more. */
  forget(batchId: string): void {
    for (const task of [...this.ofBatch(batchId)])
      this.#release(task)
    this.#tallies.delete(batchId)
  }

  #hold(task: TaskRow): void {
    if (!isUnfinished(task))
      return
    this.#tasks.set(task.taskId, task)
    const ofDevice = this.#byDevice.get(task.deviceId)
    if (ofDevice === undefined)
      this.#byDevice.set(task.deviceId, [task])
    else
      ofDevice.push(task)
    let ofBatch = this.#byBatch.get(task.batchId)
    if (ofBatch === undefined)
      this.#byBatch.set(task.batchId, ofBatch = new Set())
    ofBatch.add(task)
  }

  #release(task: TaskRow): void {
    this.#tasks.delete(task.taskId)
    const left = this.ofDevice(task.deviceId).filter(other => other !== task)
    if (left.length === 0)
      this.#byDevice.delete(task.deviceId)
    else
      this.#byDevice.set(task.deviceId, left)
    const ofBatch = this.#byBatch.get(task.batchId)
    ofBatch?.delete(task)
    if (ofBatch?.size === 0)
      this.#byBatch.delete(task.batchId)
  }

  #write(task: TaskRow): void {
    this.#store.upsert(`otaTask ${task.taskId}`, { statement: upsertTask, params: taskParams(task) })
  }

  #tell({ taskId, state, remark }: TaskRow, event: string, at: number): (traceId: number) => void {
    const row: EventRow = { eventId: ++this.#lastEventId, taskId, at, event, state, remark, traceId: null }
    this.#writeEvent(row)
    return (traceId) => {
      if (traceId !== 0)
        this.#writeEvent({ ...row, traceId })
    }
  }

  #writeEvent({ eventId, taskId, at, event, state, remark, traceId }: EventRow): void {
    this.#store.upsert(`otaTaskEvent ${eventId}`, { statement: upsertEvent, params: [eventId, taskId, at, event, state, remark, traceId] })
  }
}

function nameOf(event: TaskEvent): string {
  switch (event.kind) {
    case 'progress':
      return `progress ${event.step}`
    case 'version':
      return `version ${event.version}`
    default:
      return event.kind
  }
}
