import type { Clock } from '../../../shared/clock.ts'
import type { Log } from '../../../shared/log.ts'
import type { BatchMessage, CommitReport } from '../messages.ts'
import type { BoundStatement, TraceEntry } from '../types.ts'
import type { QueuedGroup } from './registry-queue.ts'
import type { Amendment } from './trace-batch.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { createRowIds } from '../row-id.ts'
import { CallbackRunner } from './callback-runner.ts'
import { RegistryQueue } from './registry-queue.ts'
import { TraceBatch } from './trace-batch.ts'

export interface WriteQueueOptions {
  clock: Clock
  log: Log
  /** Ids go on above this one. */
  lastId: number
  discard: boolean
  send: (batch: BatchMessage, transfer: ArrayBuffer[]) => void
  /** Asks the writer to forget groups that have been sent; `withdrawn` is the answer. */
  sendWithdrawal: (groups: number[]) => void
  onPressure: (full: boolean) => void
  /** A commit is over, whose last row has this id. */
  onCommitted?: ((lastId: number) => void) | undefined
}

/** A batch at the writer. */
interface InFlight { lastId: number, rows: number, statements: number, bytes: number, callbacks: (() => void)[], groups: Map<number, QueuedGroup> }

/**
 * What waits for the writer, and what happens once it is committed. While the writer works on one batch the next one
 * gathers; it is sent when the writer is free, or already before when it is full. No timer delays anything.
 */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #callbacks: CallbackRunner
  readonly #registry = new RegistryQueue()
  readonly #rowIds
  /** Full batches that wait, then the one that gathers. */
  readonly #full: TraceBatch[] = []
  #gathering = new TraceBatch()
  readonly #inFlight: InFlight[] = []
  readonly #withdrawing = new Set<number>()
  #sendScheduled = false
  #pressed = false
  #closed = false
  #queuedRows = 0
  #queuedBytes = 0
  #committedRows = 0
  #droppedRows = 0

  constructor(options: WriteQueueOptions) {
    this.#options = options
    this.#rowIds = createRowIds(options.lastId)
    this.#callbacks = new CallbackRunner(options.log)
  }

  get stats() {
    return {
      queuedRows: this.#waitingRows,
      queuedBytes: this.#waitingBytes,
      committedRows: this.#committedRows,
      droppedRows: this.#droppedRows,
    }
  }

  append(entry: TraceEntry, { mustKeep = false, onCommitted }: { mustKeep?: boolean, onCommitted?: () => void } = {}): number {
    if (this.#closed || (this.#isFull && !mustKeep)) {
      this.#droppedRows++
      return 0
    }
    const id = this.#rowIds.next(entry.at)
    if (this.#options.discard) {
      if (onCommitted)
        this.#callbacks.runLater(onCommitted)
      return id
    }
    this.#queuedBytes += this.#gathering.add(id, entry)
    if (onCommitted)
      this.#gathering.callbacks.push(onCommitted)
    this.#queuedRows++
    if (this.#gathering.rows >= limits.commitRowsMax || this.#gathering.bytes >= limits.commitBytesMax)
      this.#startNextBatch()
    this.#press()
    this.#scheduleSend()
    return id
  }

  /** Changes a row that still waits, or queues the change behind it. A row that was dropped (id 0) has nothing to change. */
  amend(change: Amendment): void {
    if (change.id === 0 || this.#closed || this.#options.discard)
      return
    if (this.#gathering.amend(change) || this.#full.some(batch => batch.amend(change)))
      return
    this.#gathering.amendments.push(change)
    this.#scheduleSend()
  }

  upsert(key: string, statement: BoundStatement): void {
    if (this.#closed)
      return
    this.#registry.setUpsert(key, statement, this.#options.clock.now())
    this.#press()
    this.#scheduleSend()
  }

  write(statements: BoundStatement[]): Promise<void> {
    return this.#addWrite(statements, true)
  }

  async flush(): Promise<void> {
    const last = this.#gathering.rows > 0 || this.#gathering.amendments.length > 0
      ? this.#gathering
      : this.#full.at(-1) ?? this.#inFlight.at(-1)
    const rowsCommitted = last ? new Promise<void>(resolve => last.callbacks.push(resolve)) : undefined
    // An empty group is carried out after all groups before it.
    await Promise.all([rowsCommitted, this.#addWrite([], false)])
  }

  /** The writer has committed the oldest batch. */
  committed(report: CommitReport): void {
    const batch = this.#inFlight.shift()
    if (!batch)
      throw new Error('The writer reported a commit of a batch that was never sent.')
    this.#queuedRows -= batch.rows + batch.statements
    this.#queuedBytes -= batch.bytes
    this.#committedRows += report.rows - report.refusedRows
    this.#droppedRows += report.refusedRows
    if (report.refusedRows > 0)
      this.#options.log.error('SQLite refused trace rows; this is a defect.', { rows: report.refusedRows, because: report.refusedBecause ?? '' })
    const refused = new Map(report.refusedGroups.map(({ id, message }) => [id, message]))
    for (const id of report.groups)
      this.#settle(batch, id, refused.get(id))
    if (batch.rows > 0)
      this.#options.onCommitted?.(batch.lastId)
    this.#release()
    this.#callbacks.run(batch.callbacks)
    this.send()
  }

  /** The writer has forgotten `ids`, which were not committed, and has found that `done` were. */
  withdrawn(ids: number[], done: number[], because: string): void {
    for (const { groups } of this.#inFlight) {
      for (const id of ids)
        groups.get(id)?.waiter?.reject(storeFailing(because))
      for (const id of done)
        groups.get(id)?.waiter?.resolve()
      for (const id of [...ids, ...done]) {
        groups.delete(id)
        this.#withdrawing.delete(id)
      }
    }
  }

  /** Tells the callers of writes that have waited for `limits.writeWaitMsMax` or longer; they will not take place. */
  expireWrites(because: string): void {
    const queuedBefore = this.#options.clock.now() - limits.writeWaitMsMax
    for (const group of this.#registry.expired(queuedBefore)) {
      this.#registry.remove(group)
      group.waiter?.reject(storeFailing(because))
    }
    const sent = this.#inFlight.flatMap(({ groups }) => [...groups.values()])
      .filter(({ id, expires, queuedAt }) => expires && queuedAt <= queuedBefore && !this.#withdrawing.has(id))
    if (sent.length > 0) {
      for (const { id } of sent)
        this.#withdrawing.add(id)
      this.#options.sendWithdrawal(sent.map(({ id }) => id))
    }
    this.#release()
  }

  /** Sends batches while the writer has room for them. */
  send(): void {
    while (this.#inFlight.length === 0 ? this.#hasWork : this.#inFlight.length === 1 && this.#full.length > 0)
      this.#sendOne()
  }

  /** Takes nothing more and sends everything at once, before the writer is told to close. */
  sendAllAndClose(): void {
    this.#closed = true
    while (this.#hasWork)
      this.#sendOne()
  }

  /** Runs the callbacks that still wait and fails whoever waits for what was not committed. */
  end(because: string): void {
    this.#closed = true
    this.#callbacks.drain()
    for (const { waiter } of [...this.#registry.all(), ...this.#inFlight.flatMap(({ groups }) => [...groups.values()])])
      waiter?.reject(storeFailing(because))
  }

  /** Rows and statements that are not committed. */
  get #waitingRows(): number { return this.#queuedRows + this.#registry.statements }
  get #waitingBytes(): number { return this.#queuedBytes + this.#registry.bytes }

  get #isFull(): boolean {
    return this.#waitingRows >= limits.writeQueueRowsMax || this.#waitingBytes >= limits.writeQueueBytesMax
  }

  /** Nothing waits to be written, is being written, or is to be told that it was. */
  get isIdle(): boolean {
    return !this.#hasWork && this.#inFlight.length === 0 && this.#callbacks.isIdle
  }

  get #hasWork(): boolean {
    return this.#full.length > 0 || this.#gathering.rows > 0 || this.#gathering.amendments.length > 0 || !this.#registry.isEmpty
  }

  #addWrite(statements: BoundStatement[], expires: boolean): Promise<void> {
    if (this.#closed)
      return Promise.reject(storeFailing('The workspace is closed.'))
    return new Promise((resolve, reject) => {
      this.#registry.addWrite(statements, this.#options.clock.now(), expires, { resolve, reject })
      this.#press()
      this.#scheduleSend()
    })
  }

  #settle(batch: InFlight, id: number, refusedBecause: string | undefined): void {
    const group = batch.groups.get(id)
    if (!group)
      return
    this.#withdrawing.delete(id)
    if (refusedBecause === undefined) {
      group.waiter?.resolve()
      return
    }
    const names = [...new Set(group.statements.map(({ statement }) => statement.name))].join(', ')
    const error = new AppError('method/failed', `The registry refused ${names}: ${refusedBecause}.`, { statements: names })
    if (group.waiter)
      group.waiter.reject(error)
    else
      this.#options.log.error(error.message)
  }

  #startNextBatch(): void {
    this.#full.push(this.#gathering)
    this.#gathering = new TraceBatch(limits.commitRowsMax, this.#gathering.payloadBytes)
  }

  #sendOne(): void {
    const traces = this.#full.shift() ?? this.#takeGathering()
    const { groups, sqls, packed, statements } = this.#registry.take()
    const { columns, transfer } = traces.take()
    const bytes = groups.reduce((sum, group) => sum + group.bytes, 0)
    this.#inFlight.push({
      lastId: columns.ids[traces.rows - 1] ?? 0,
      rows: traces.rows,
      statements,
      bytes: traces.bytes + bytes,
      callbacks: traces.callbacks,
      groups: new Map(groups.map(group => [group.id, group])),
    })
    // The groups have left the registry's own count.
    this.#queuedRows += statements
    this.#queuedBytes += bytes
    const message: BatchMessage = { kind: 'batch', traces: traces.rows > 0 ? columns : null, amendments: traces.amendments, sqls, groups: packed }
    this.#options.send(message, traces.rows > 0 ? transfer : [])
  }

  #takeGathering(): TraceBatch {
    const batch = this.#gathering
    this.#gathering = new TraceBatch(Math.max(16, batch.rows), Math.max(1024, batch.payloadBytes))
    return batch
  }

  #scheduleSend(): void {
    if (this.#sendScheduled || this.#inFlight.length > 1)
      return
    this.#sendScheduled = true
    setImmediate(() => {
      this.#sendScheduled = false
      this.send()
    })
  }

  #press(): void {
    if (!this.#pressed && this.#isFull) {
      this.#pressed = true
      this.#options.onPressure(true)
    }
  }

  /** Takes the pressure off only at half of the limits, so that it does not flicker. */
  #release(): void {
    if (this.#pressed && this.#waitingRows <= limits.writeQueueRowsMax / 2 && this.#waitingBytes <= limits.writeQueueBytesMax / 2) {
      this.#pressed = false
      this.#options.onPressure(false)
    }
  }
}

function storeFailing(because: string): AppError {
  return new AppError('store/failing', because)
}
