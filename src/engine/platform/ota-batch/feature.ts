import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { OtaUpdates } from '../ota/types.ts'
import type { BatchMethod, BatchMethodContext, BatchStream } from './methods.ts'
import type { NameListsContext, NamesMethod } from './name-lists.ts'
import type { RolloutContext } from './rollouts.ts'
import type { TaskMakerContext } from './task-maker.ts'
import type { BatchDevice } from './types.ts'
import { batchMethodHandlers, batchStreamHandlers } from './methods.ts'
import { nameListHandlers, NameLists } from './name-lists.ts'
import { Rollouts } from './rollouts.ts'
import { isLive } from './rules.ts'
import { readBlock } from './streams.ts'
import { TaskMaker } from './task-maker.ts'

export type OtaBatchContext = RolloutContext & Omit<TaskMakerContext, 'rollouts'> & Omit<BatchMethodContext, 'rollouts' | 'maker' | 'lists'> & NameListsContext

/** Batches of updates (platform rules OTA-27 to OTA-136). */
export interface OtaBatches {
  methods: Pick<EngineApi['methods'], BatchMethod | NamesMethod>
  streams: Pick<EngineApi['streams'], BatchStream>
  /** What messages of devices do to their updates. */
  updates: OtaUpdates
  onOnline: (device: BatchDevice) => void
  /** Lets go of a deleted device: its tasks are cancelled. */
  forget: (deviceId: number) => void
  /** Whether a batch of a package is under way. */
  isInUse: (packageId: string) => boolean
  close: () => void
}

/** Opens the batches that the workspace holds, and goes on with those under way. */
export async function openOtaBatches(context: OtaBatchContext): Promise<OtaBatches> {
  const rollouts = await Rollouts.open(context)
  const maker = new TaskMaker({ ...context, rollouts })
  const lists = new NameLists(context)
  await maker.resume()
  rollouts.resume()
  return {
    methods: { ...batchMethodHandlers({ ...context, rollouts, maker, lists }), ...nameListHandlers(lists) },
    streams: batchStreamHandlers({ ...context, rollouts }),
    updates: {
      onVersion: (device, report, at) => {
        const notes = [rollouts.onVersion(device, report, at), maker.onVersion(device, report)]
        return traceId => notes.forEach(note => note(traceId))
      },
      onProgress: (device, report, at) => rollouts.onProgress(device, report, at),
      onAsked: (device, module) => rollouts.onAsked(device, module),
      blockOf: (device, request) => readBlock(context, rollouts, device, request),
    },
    onOnline: (device) => {
      rollouts.onOnline(device)
      if (device.activatedAt === device.lastOnlineAt)
        maker.onActivated(device)
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
