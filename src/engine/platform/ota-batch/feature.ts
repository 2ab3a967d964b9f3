import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { OtaUpdates } from '../ota/types.ts'
import type { BatchMethod, BatchMethodContext, BatchStream } from './methods.ts'
import type { NameListsContext, NamesMethod } from './name-lists.ts'
import type { RolloutContext } from './rollouts.ts'
import type { TaskMakerContext } from './task-maker.ts'
import type { BatchDevice } from './types.ts'
import { createDeviceReports } from './device-reports.ts'
import { batchMethodHandlers, batchStreamHandlers } from './methods.ts'
import { nameListHandlers, NameLists } from './name-lists.ts'
import { Rollouts } from './rollouts.ts'
import { deleteOfProduct } from './rows.ts'
import { isLive } from './rules.ts'
import { readBlock } from './streams.ts'
import { TaskMaker } from './task-maker.ts'

export type OtaBatchContext = RolloutContext & Omit<TaskMakerContext, 'rollouts'> & Omit<BatchMethodContext, 'rollouts' | 'maker' | 'lists'> & NameListsContext

/** Where a device is told of its updates. */
const noticeTopic = /^\/ota\/device\/upgrade\/([^/+#]+)\/([^/+#]+)$/

/** Batches of updates (platform rules OTA-27 to OTA-136). */
export interface OtaBatches {
  methods: Pick<EngineApi['methods'], BatchMethod | NamesMethod>
  streams: Pick<EngineApi['streams'], BatchStream>
  /** What messages of devices do to their updates. */
  updates: OtaUpdates
  onOnline: (device: BatchDevice) => void
  /** A device has subscribed to topics, a gateway also for its sub-devices. */
  onSubscribed: (deviceId: number, filters: readonly { filter: string }[]) => void
  /** Lets go of a deleted device: its tasks are cancelled. */
  forget: (deviceId: number) => void
  /** A product is deleted, and its batches with it. */
  forgetProduct: (productKey: string) => Promise<void>
  /** Whether a batch of a package is under way. */
  isInUse: (packageId: string) => boolean
  close: () => void
}

/** Opens the batches that the workspace holds, and goes on with those under way. */
export async function openOtaBatches(context: OtaBatchContext): Promise<OtaBatches> {
  const rollouts = await Rollouts.open(context)
  const reports = createDeviceReports(rollouts)
  const maker = new TaskMaker({ ...context, rollouts })
  const lists = new NameLists(context)
  await maker.resume()
  rollouts.resume()
  return {
    methods: { ...batchMethodHandlers({ ...context, rollouts, maker, lists }), ...nameListHandlers(lists) },
    streams: batchStreamHandlers({ ...context, rollouts }),
    updates: {
      onVersion: (device, report, at) => {
        const notes = [reports.onVersion(device, report, at), maker.onVersion(device, report)]
        return traceId => notes.forEach(note => note(traceId))
      },
      onProgress: (device, report, at) => reports.onProgress(device, report, at),
      onAsked: (device, module) => reports.onAsked(device, module),
      blockOf: (device, request) => readBlock(context, rollouts, device, request),
    },
    onOnline: (device) => {
      reports.onOnline(device.deviceId)
      if (device.activatedAt === device.lastOnlineAt)
        maker.onActivated(device)
    },
    onSubscribed: (deviceId, filters) => {
      reports.onSubscribed(deviceId)
      for (const { filter } of filters) {
        const [, productKey, deviceName] = noticeTopic.exec(filter) ?? []
        const named = productKey === undefined ? undefined : context.lookup(productKey, deviceName!)
        if (named)
          reports.onSubscribed(named.deviceId)
      }
    },
    forgetProduct: (productKey) => {
      rollouts.forgetProduct(productKey)
      return context.store.write(deleteOfProduct.map(statement => ({ statement, params: [productKey] })))
    },
    forget: (deviceId) => {
      for (const task of [...rollouts.tasks.ofDevice(deviceId)])
        rollouts.apply(task, { kind: 'deviceDeleted' })
    },
    isInUse: packageId => rollouts.all().some(batch => batch.packageId === packageId && isLive(batch)),
    close: () => {
      lists.close()
      maker.close()
      rollouts.close()
    },
  }
}
