import type { ReplayOmitted, ReplaySurvey } from '../../shared/contract/replay.ts'
import type { Playable } from './playable.ts'
import type { ReplayRow, RowPage, RowSource } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/** Places that are remembered for finding a moment; when there are more, every other one is forgotten. */
const marksMax = 4_096

/** Where a reading of a recording is: what has been read, and when that is on the replay's own timeline, milliseconds at speed 1. */
export interface Mark { place: number, at: number | null, offsetMs: number }

/** The beginning of a recording. */
export const beginning: Mark = { place: 0, at: null, offsetMs: 0 }

/** The moment of a row on the timeline, given the one before it: long silences are shortened, and time never goes back. */
export function offsetAfter({ at, offsetMs }: Pick<Mark, 'at' | 'offsetMs'>, rowAt: number, gapMsMax: number | null): { at: number, offsetMs: number } {
  if (at === null)
    return { at: rowAt, offsetMs: 0 }
  const gap = Math.max(0, rowAt - at)
  return { at: Math.max(at, rowAt), offsetMs: offsetMs + Math.min(gap, gapMsMax ?? gap) }
}

/** What a recording holds, and where in it a moment is to be found. */
export interface Outline extends Omit<ReplaySurvey, 'devices'> {
  /** By `productKey/deviceName`. */
  devices: Map<string, RecordedDevice>
  marks: Mark[]
}

export interface RecordedDevice {
  productKey: string
  deviceName: string
  messages: number
  /** It says something before it comes online, so it was online when the recording began. */
  beginsOnline: boolean
}

export interface OutlineWish {
  judge: (row: ReplayRow) => Playable
  gapMsMax: number | null
  signal: AbortSignal
  /** Milliseconds that are left; at 0 the outline is what has been read by then. */
  leftMs: () => number
}

/** Looks through a recording once. Throws AppError limit/reached when more devices were recorded than a replay may have. */
export async function outline(source: RowSource, { judge, gapMsMax, signal, leftMs }: OutlineWish): Promise<Outline> {
  const devices = new Map<string, RecordedDevice>()
  const omitted: ReplayOmitted = {}
  const result: Outline = { messages: 0, connections: 0, devices, firstAt: null, lastAt: null, durationMs: 0, omitted, share: 0, marks: [beginning] }
  let stride = 1
  let pages = 0
  let now: Pick<Mark, 'at' | 'offsetMs'> = beginning
  for (let after: number | null = 0; after !== null && !signal.aborted;) {
    const page: RowPage = await source.read(after, signal, Math.max(1, leftMs()))
    for (const row of page.rows) {
      const played = judge(row)
      if (played.kind === 'left-out') {
        omitted[played.reason] = (omitted[played.reason] ?? 0) + 1
        continue
      }
      now = offsetAfter(now, row.at, gapMsMax)
      result.firstAt ??= row.at
      result.lastAt = now.at
      const device = deviceIn(devices, row, played.kind)
      if (played.kind === 'publish') {
        device.messages++
        result.messages++
      }
      else {
        result.connections++
      }
    }
    after = page.next
    result.share = page.share
    if (after !== null && ++pages % stride === 0)
      result.marks.push({ place: after, ...now })
    if (result.marks.length > marksMax) {
      result.marks = result.marks.filter((_, index) => index % 2 === 0)
      stride *= 2
    }
    if (leftMs() <= 0)
      break
  }
  result.durationMs = now.offsetMs
  return result
}

function deviceIn(devices: Map<string, RecordedDevice>, { productKey, deviceName }: ReplayRow, kind: Playable['kind']): RecordedDevice {
  const key = `${productKey}/${deviceName}`
  const known = devices.get(key)
  if (known)
    return known
  if (devices.size === limits.replayDevicesMax)
    throw new AppError('limit/reached', `More than ${limits.replayDevicesMax} devices were recorded; play some of them at a time, with a filter for a product or a device.`, { max: limits.replayDevicesMax })
  const device: RecordedDevice = { productKey, deviceName, messages: 0, beginsOnline: kind !== 'online' }
  devices.set(key, device)
  return device
}

/** Where to begin reading so that everything from a moment on is read. */
export function markBefore(marks: readonly Mark[], offsetMs: number): Mark {
  // Rows of the very moment may lie on both sides of a mark.
  return marks.findLast(mark => mark.offsetMs < offsetMs) ?? beginning
}
