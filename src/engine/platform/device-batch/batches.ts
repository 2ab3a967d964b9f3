import type { Log } from '../../../shared/log.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { BatchEntryRow, BatchRow } from './rows.ts'
import { setImmediate } from 'node:timers/promises'
import { AppError, toErrorValue } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { deleteBatch, deleteBatchEntries, insertBatchEntries, selectBatchEntries, selectBatches, upsertBatch } from './rows.ts'

export interface DeviceBatchesContext {
  store: Pick<Store, 'read' | 'write'>
  log: Log
  now: () => number
  /** Throws AppError product/not-found or limit/reached when the product cannot have that many devices more. */
  checkRoom: (productKey: string, count: number) => void
  isTaken: (productKey: string, deviceName: string) => boolean
  /** Makes devices in one transaction. Throws AppError device/exists. */
  createDevices: (productKey: string, devices: readonly { deviceName: string, nickname: string }[]) => Promise<unknown>
}

/** Ids begin where nobody takes them for a count. */
const firstApplyId = 100_001

/**
 * Batches of devices: names that were checked, and the devices that are made of them, some at a time so that the messages of
 * others are not held up. What was begun when the engine was closed goes on when it is opened again.
 */
export class DeviceBatches {
  readonly #context: DeviceBatchesContext
  readonly #batches = new Map<number, BatchRow>()
  readonly #jobs = new Set<Promise<void>>()
  #nextId = firstApplyId
  #isClosed = false

  private constructor(context: DeviceBatchesContext) {
    this.#context = context
  }

  /** Reads the batches of a workspace, and goes on with those that were being made. */
  static async open(context: DeviceBatchesContext): Promise<DeviceBatches> {
    const batches = new DeviceBatches(context)
    for (const row of await context.store.read(selectBatches, [])) {
      batches.#batches.set(row.applyId, row)
      batches.#nextId = row.applyId + 1
    }
    for (const row of batches.#batches.values()) {
      if (row.status === 'CREATE')
        batches.#begin(row, true)
    }
    return batches
  }

  /** The batch of that id, and of that product where one is named; AppError batch/not-found. */
  get(applyId: number, productKey?: string): BatchRow {
    const row = this.#batches.get(applyId)
    if (row === undefined || (productKey !== undefined && row.productKey !== productKey))
      throw new AppError('batch/not-found', `There is no batch of devices ${applyId}${productKey === undefined ? '' : ` of product ${productKey}`}.`, { applyId })
    return row
  }

  /** The names of a batch, in their order. */
  entries({ applyId }: BatchRow): Promise<BatchEntryRow[]> {
    return this.#context.store.read(selectBatchEntries, [applyId])
  }

  /** Keeps a new batch, and lets go of the oldest ones that are over when there are too many; resolves after the commit. */
  async add(productKey: string, status: BatchRow['status'], entries: readonly BatchEntryRow[]): Promise<BatchRow> {
    const row: BatchRow = { applyId: this.#nextId++, productKey, status, count: entries.length, createdAt: this.#context.now(), reason: '' }
    const dropped = [...this.#batches.values()].filter(({ status }) => status !== 'CREATE').slice(0, Math.max(0, this.#batches.size + 1 - limits.deviceBatchesKeptMax))
    await this.#context.store.write([
      write(row),
      { statement: insertBatchEntries, params: [row.applyId, JSON.stringify(entries.map(({ deviceName, nickname, fault }) => [deviceName, nickname, fault]))] },
      ...dropped.flatMap(({ applyId }) => [{ statement: deleteBatch, params: [applyId] }, { statement: deleteBatchEntries, params: [applyId] }]),
    ])
    this.#batches.set(row.applyId, row)
    dropped.forEach(({ applyId }) => this.#batches.delete(applyId))
    return row
  }

  /** Throws AppError batch/running while another batch of the product is being made. */
  checkIdle(productKey: string): void {
    const running = [...this.#batches.values()].find(row => row.productKey === productKey && row.status === 'CREATE')
    if (running !== undefined)
      throw new AppError('batch/running', `The devices of batch ${running.applyId} of product ${productKey} are being made; wait for its end.`, { applyId: running.applyId })
  }

  /** Begins to make the devices of a batch; resolves when that it was begun is kept. */
  async start(row: BatchRow): Promise<void> {
    await this.#settle(row, 'CREATE')
    this.#begin(row, false)
  }

  #begin(row: BatchRow, isResumed: boolean): void {
    const job = this.#make(row, isResumed)
      .catch((error: unknown) => this.#context.log.error('a batch of devices could not be made', { applyId: row.applyId, error: toErrorValue(error).message }))
      .finally(() => this.#jobs.delete(job))
    this.#jobs.add(job)
  }

  async #make(row: BatchRow, isResumed: boolean): Promise<void> {
    const { checkRoom, isTaken, createDevices } = this.#context
    try {
      // Names that are taken after an interruption are those that were made before it.
      const wanted = (await this.entries(row)).filter(({ deviceName }) => !isResumed || !isTaken(row.productKey, deviceName))
      checkRoom(row.productKey, wanted.length)
      for (let at = 0; at < wanted.length; at += limits.devicesPerBatchTurn) {
        if (this.#isClosed)
          return
        checkRoom(row.productKey, 0)
        await createDevices(row.productKey, wanted.slice(at, at + limits.devicesPerBatchTurn))
        await setImmediate()
      }
    }
    catch (error) {
      return this.#settle(row, 'CREATE_FAILED', toErrorValue(error).message)
    }
    await this.#settle(row, 'CREATE_SUCCESS')
  }

  async #settle(row: BatchRow, status: BatchRow['status'], reason = ''): Promise<void> {
    const before = row.status
    // At once, so that two callers cannot both begin.
    Object.assign(row, { status, reason })
    try {
      await this.#context.store.write([write(row)])
    }
    catch (error) {
      row.status = before
      throw error
    }
  }

  /** Ends after the devices that are being made at this moment; the rest follow when the workspace is opened again. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#jobs)
  }
}

function write({ applyId, productKey, status, count, createdAt, reason }: BatchRow): BoundStatement {
  return { statement: upsertBatch, params: [applyId, productKey, status, count, createdAt, reason] }
}
