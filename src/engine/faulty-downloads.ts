import type { BlockRequest } from '../shared/alink/file-download.ts'
import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { DeviceFaults } from '../shared/faults/fault-plan.ts'
import type { PlatformFaults } from './platform/fault/faults.ts'
import type { FeatureDevice } from './platform/feature.ts'
import type { FileFlow } from './platform/file-flow.ts'
import type { FileBlock } from './platform/ota/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { injectedMark } from '../shared/faults/fault-plan.ts'
import { paced, stopPlace } from './platform/file-flow.ts'

interface FaultyDownloadsContext { clock: Clock, trace: Pick<TraceKeeper, 'record'>, faults: PlatformFaults }

/** A part of a file that is asked for: `bytes` of a file of `size`, from `start` on. */
export interface FilePart { size: number, start: number, bytes: number }

/** A download that is slow, or stands still on its way until the fault is off; each kind is told once that `told` does not hold. */
export function flowOf({ clock, trace, faults }: FaultyDownloadsContext, device: FeatureDevice, { size, start, bytes }: FilePart, told = new Set<string>()): FileFlow | undefined {
  const plan = faults.of(device)
  const slow = plan?.settings('slowDownload')
  const stall = plan?.settings('stallDownload')
  const stopAt = stall && stopPlace(size, start, stall.fault.percent)
  if (!slow && (stopAt === undefined || stopAt >= start + bytes))
    return undefined
  const isOn = (set: NonNullable<typeof slow | typeof stall>): boolean => faults.of(device)?.settings(set.fault.kind)?.on === set.on
  const over = new AbortController()
  const stallOff = stall && untilOff(faults, () => isOn(stall), over.signal)
  const slowOff = slow && untilOff(faults, () => isOn(slow), over.signal)
  const tell = (set: NonNullable<typeof slow | typeof stall>, message: string): void => {
    if (told.has(set.fault.kind))
      return
    told.add(set.fault.kind)
    const said = faults.struck({ on: set.on, message })
    trace.record({ at: clock.now(), deviceId: device.deviceId, operation: 'download', content: { injected: true, message: said, size, start, bytes }, code: 200, detail: packDetail({ issues: [], steps: [{ bizCode: 'FaultInjection', operation: set.fault.kind, code: 200, message: said }] }) })
  }
  return {
    next: async (at, wanted) => {
      if (stall && stopAt !== undefined && at >= stopAt && isOn(stall)) {
        tell(stall, `The download stands still at ${stall.fault.percent} %.`)
        await stallOff
      }
      const room = stall && stopAt !== undefined && at < stopAt && isOn(stall) ? Math.min(wanted, stopAt - at) : wanted
      if (!slow || !isOn(slow))
        return room
      tell(slow, `The download gets ${slow.fault.bytesPerSec} bytes a second.`)
      return paced(clock, slow.fault.bytesPerSec, room, slowOff!)
    },
    ended: () => over.abort(),
  }
}

/** Resolves when a fault is off, or the download is over. */
function untilOff(faults: PlatformFaults, isOn: () => boolean, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const left = new AbortController()
    const look = (): void => {
      if (isOn() && !over.aborted)
        return
      left.abort()
      resolve()
    }
    faults.changed.listen(left.signal, look)
    over.addEventListener('abort', look)
    look()
  })
}

/** Blocks of files on their way to devices over MQTT (Alink 8.7), which have to wait like the bytes of a download over HTTP. */
export interface FaultyBlocks {
  /**
   * Resolves when a block may go out, with what the trace says of it; null when the device has asked for it once more, so that
   * only the newest request is answered.
   */
  hold: (device: FeatureDevice, request: BlockRequest, block: FileBlock) => Promise<readonly TraceStep[] | null>
  close: () => void
}

/** A block that waits for its turn, and how its newest request is told that it is not that any more. */
interface Held { turn: Promise<void>, overtake: () => void, end: () => void }

/** Opens the way of blocks. A download is slow as a whole: each block takes its bytes' time, and the fault counts once. */
export function createFaultyBlocks(context: FaultyDownloadsContext): FaultyBlocks {
  const { clock, faults } = context
  const waiting = new Map<string, Held>()
  /** What was told of which file; forgotten with the plan, as soon as other faults are on. */
  const toldOf = new WeakMap<DeviceFaults, Map<string, Set<string>>>()

  function toldOn(plan: DeviceFaults, { streamId, fileId, offset }: BlockRequest): Set<string> {
    const files = toldOf.get(plan) ?? new Map<string, Set<string>>()
    toldOf.set(plan, files)
    const file = `${streamId} ${fileId}`
    const told = offset === 0 ? undefined : files.get(file)
    const kept = told ?? new Set<string>()
    files.set(file, kept)
    return kept
  }

  function begin(key: string, flow: FileFlow, { offset }: BlockRequest, { bytes }: FileBlock): Held {
    const over = new AbortController()
    const pass = async (): Promise<void> => {
      const end = offset + bytes.length
      for (let at = offset; at < end && !over.signal.aborted;) {
        const room = await flow.next(at, end - at)
        at += room === 'break' ? end : room
      }
      flow.ended(end, !over.signal.aborted)
      waiting.delete(key)
    }
    const held: Held = {
      turn: Promise.resolve(),
      overtake: () => {},
      end: () => {
        held.overtake()
        over.abort()
        flow.ended(offset, false)
      },
    }
    waiting.set(key, held)
    held.turn = pass()
    return held
  }

  return {
    hold: async (device, request, block) => {
      const plan = faults.of(device)
      const key = `${device.deviceId} ${request.streamId} ${request.fileId} ${request.offset}`
      let held = waiting.get(key)
      if (held === undefined) {
        const part = { size: block.fileLength, start: request.offset, bytes: block.bytes.length }
        const flow = plan && flowOf(context, device, part, toldOn(plan, request))
        if (flow === undefined)
          return []
        held = begin(key, flow, request, block)
      }
      held.overtake()
      const askedAt = clock.now()
      const { promise, resolve } = Promise.withResolvers<boolean>()
      held.overtake = () => resolve(false)
      void held.turn.then(() => resolve(true))
      if (!await promise)
        return null
      const message = `${injectedMark} The block waited for ${Math.round(clock.now() - askedAt)} ms, because the download is ${plan?.settings('slowDownload') ? 'slow' : 'held up'} on purpose.`
      return [{ bizCode: 'FaultInjection', operation: plan?.settings('slowDownload') ? 'slowDownload' : 'stallDownload', code: 200, message }]
    },
    close: () => [...waiting.values()].forEach(held => held.end()),
  }
}
