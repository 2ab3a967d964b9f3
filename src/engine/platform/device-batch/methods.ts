import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceBatch } from '../../../shared/contract/device-batch.ts'
import type { DeviceSummary } from '../../../shared/contract/device.ts'
import type { DeviceBatches } from './batches.ts'
import type { BatchEntryRow, BatchRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { checkEntries, describeFault } from './rules.ts'

/** A device as an answer shows it. */
type MadeDevice = DeviceSummary & { deviceSecret: string }

export interface DeviceBatchMethodContext {
  batches: DeviceBatches
  lookup: (productKey: string, deviceName: string) => MadeDevice | undefined
  makeDeviceName: () => string
  /** Throws AppError product/not-found or limit/reached when the product cannot have that many devices more. */
  checkRoom: (productKey: string, count: number) => void
}

type BatchMethod = Extract<keyof EngineApi['methods'], `deviceBatch.${string}`>

/** What the cloud's API can do with devices that are made together (`BatchCheckDeviceNames` and its kin). */
export function deviceBatchMethodHandlers({ batches, lookup, makeDeviceName, checkRoom }: DeviceBatchMethodContext): Pick<EngineApi['methods'], BatchMethod> {
  return {
    'deviceBatch.check': async ({ productKey, devices }) => {
      checkRoom(productKey, devices.length)
      const entries = checkEntries(devices, deviceName => lookup(productKey, deviceName) !== undefined)
      return present(await batches.add(productKey, entries.every(({ fault }) => fault === '') ? 'CHECK_SUCCESS' : 'CHECK_FAILED', entries), entries)
    },
    'deviceBatch.create': async ({ productKey, applyId }) => {
      const batch = batches.get(applyId, productKey)
      const entries = await batches.entries(batch)
      checkReady(batch, entries)
      batches.checkIdle(productKey)
      checkRoom(productKey, batch.count)
      await batches.start(batch)
      return present(batch, entries)
    },
    'deviceBatch.generate': async ({ productKey, count }) => {
      batches.checkIdle(productKey)
      checkRoom(productKey, count)
      const entries = Array.from({ length: count }, (): BatchEntryRow => ({ deviceName: makeDeviceName(), nickname: '', fault: '' }))
      const batch = await batches.add(productKey, 'CHECK_SUCCESS', entries)
      batches.checkIdle(productKey)
      await batches.start(batch)
      return present(batch, entries)
    },
    'deviceBatch.get': async ({ applyId, productKey }) => {
      const batch = batches.get(applyId, productKey)
      const entries = await batches.entries(batch)
      return { ...present(batch, entries), deviceNames: entries.filter(({ fault }) => fault === '').map(({ deviceName }) => deviceName) }
    },
    'deviceBatch.devices': async ({ applyId, offset, limit }) => {
      const batch = batches.get(applyId)
      const isBegun = batch.status.startsWith('CREATE')
      const made = isBegun ? (await batches.entries(batch)).flatMap(({ deviceName }) => lookup(batch.productKey, deviceName) ?? []) : []
      return { devices: made.slice(offset, offset + limit), total: made.length }
    },
  }
}

function checkReady({ applyId, status }: BatchRow, entries: readonly BatchEntryRow[]): void {
  if (status === 'CHECK_SUCCESS')
    return
  const refused = entries.filter(({ fault }) => fault !== '').length
  const why = status === 'CHECK_FAILED'
    ? `${refused} of its ${entries.length} names are not all right: check them again without these`
    : 'it has been made already or is being made'
  throw new AppError('batch/not-ready', `The devices of batch ${applyId} are not made: ${why}.`, { applyId, status })
}

function present({ applyId, productKey, status, createdAt, count, reason }: BatchRow, entries: readonly BatchEntryRow[]): DeviceBatch {
  const refused = entries.flatMap(({ deviceName, nickname, fault }) => fault === '' ? [] : [{ deviceName, nickname, fault, reason: describeFault(fault, { deviceName, nickname }) }])
  return { applyId, productKey, status, createdAt, deviceCount: count, reason, refused }
}
