import type { ApiClient, MethodInput } from '../shared/contract/contract.ts'
import type { Replay, ReplayOmission } from '../shared/contract/replay.ts'
import type { JsonValue } from '../shared/json.ts'
import type { Output } from './output.ts'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '../shared/errors.ts'
import { toTraceFilter } from '../shared/filter/list-queries.ts'
import { limits } from '../shared/limits.ts'
import { formatDuration } from '../shared/scenario/quantities.ts'
import { readFilter } from './filter-words.ts'
import { serveAlone } from './own-engine.ts'
import { readTextFile } from './read-text-file.ts'
import { watchStopSignals } from './stop-signal.ts'
import { connectToRunning } from './workspace-access.ts'
import { resolveWorkspace } from './workspace-option.ts'

/** What the command line asks for. */
export interface ReplayWish {
  words: readonly string[]
  device: { productKey: string, deviceName: string }[] | undefined
  /** Milliseconds. */
  last: number | undefined
  /** Epoch milliseconds, as `to`. */
  from: number | undefined
  to: number | undefined
  file: string | undefined
  stamp: string | undefined
  count: number | undefined
  map: Record<string, string> | undefined
  speed: number
  times: 'shift' | 'as-recorded'
  /** Seconds. */
  gap: number | undefined
  repeat: number | 'forever'
  takeOver: boolean
  workspace: string | undefined
  json: boolean
}

const progressMs = 5_000

/** Why something was left out, for a person. */
const omissionWords: Record<ReplayOmission, string> = {
  'downlink': 'from the platform',
  'reply': 'answers to commands',
  'request': 'requests whose answer matters',
  'gateway': 'of gateways and sub-devices',
  'record': 'records of the platform',
  'unknown-device': 'of devices nobody knows',
  'topic': 'on topics a device cannot publish to',
  'line': 'lines that are no message',
  'no-target': 'of devices that nobody plays',
  'taken': 'of devices taken by another login',
  'offline': 'of devices that could not connect',
}

/**
 * Plays a recording through the engine that has the workspace open, or through one of its own, until it is over; returns 0
 * when everything was sent that was to be sent, otherwise 1. SIGINT and SIGTERM stop it.
 * @throws AppError when it could not begin.
 */
export async function runReplay(wish: ReplayWish, output: Output): Promise<number> {
  const dir = resolveWorkspace(wish.workspace)
  if (!existsSync(dir))
    throw new AppError('workspace/not-found', `There is no workspace ${dir}; thingbench serve and thingbench product import make one.`, { workspace: dir })
  using stop = watchStopSignals()
  await using stack = new AsyncDisposableStack()
  const client = await connectToRunning(dir, stack) ?? await serveAlone(dir, stack)
  const begun = await client.call('replay.start', await startInput(wish, client), { signal: stop.signal })
  if (!wish.json) {
    const { recorded, players, firstPlayers } = begun
    output.note(`Playing ${recorded.messages} messages of ${recorded.devices} devices, ${formatDuration(recorded.durationMs)} at speed 1, by ${players === 1 ? firstPlayers[0]!.deviceName : `${players} devices`}.`)
  }
  const end = await follow(client, begun, stop.signal, wish.json ? null : output)
  if (wish.json)
    output.json({ ...end, firstPlayers: end.firstPlayers.map(({ productKey, deviceName }) => ({ productKey, deviceName })) } as unknown as JsonValue)
  else
    describe(end).forEach(output.line)
  const lost = (end.omitted.taken ?? 0) + (end.omitted.offline ?? 0)
  return end.state === 'failed' || lost > 0 || (end.state === 'stopped' && !stop.signal.aborted) ? 1 : 0
}

async function startInput(wish: ReplayWish, client: ApiClient): Promise<MethodInput<'replay.start'>> {
  const { file, device, last, from, to, stamp, count, map, speed, times, gap, repeat, takeOver } = wish
  const now = Date.now()
  const fromAt = last === undefined ? from : (to ?? now) - last
  return {
    source: file === undefined
      ? {
          kind: 'kept',
          filter: { ...toTraceFilter(await readFilter(client, 'trace', wish.words, undefined), now), ...(fromAt !== undefined && { fromAt }), ...(to !== undefined && { toAt: to }) },
          ...(device && { devices: device }),
        }
      : { kind: 'file', name: path.basename(file), text: await readTextFile(file, limits.replayFileCharsMax) },
    to: stamp !== undefined ? { kind: 'stampOut', count: count ?? 1, prefix: stamp } : map !== undefined ? { kind: 'names', names: map } : { kind: 'same' },
    speed,
    times,
    repeat: repeat === 'forever' ? null : repeat,
    gapMsMax: gap === undefined ? null : Math.round(gap * 1000),
    takeOver,
  }
}

/** Resolves with the replay when it is over; a stop signal ends it. */
async function follow(client: ApiClient, begun: Replay, stop: AbortSignal, output: Output | null): Promise<Replay> {
  const { replayId } = begun
  let latest = begun
  let toldAt = performance.now()
  const over = new AbortController()
  const endBySignal = (): void => void client.call('replay.stop', { replayId }).catch(() => over.abort())
  if (stop.aborted)
    endBySignal()
  stop.addEventListener('abort', endBySignal)
  try {
    await client.subscribe('replay.watch', {}, ({ replays }) => {
      const found = replays.find(replay => replay.replayId === replayId)
      latest = found ?? latest
      if (found === undefined || found.endedAt !== null)
        return over.abort()
      if (output?.watched && performance.now() - toldAt > progressMs) {
        toldAt = performance.now()
        output.note(`${formatDuration(latest.positionMs)} of ${formatDuration(latest.recorded.durationMs)}: ${latest.sent} sent, ${latest.refused} refused`)
      }
    }, { signal: over.signal })
  }
  finally {
    stop.removeEventListener('abort', endBySignal)
  }
  return latest
}

function describe({ state, problem, sent, toSend, refused, refusedByCode, unacknowledged, omitted, lateMsMax, lateMsMean, late, round }: Replay): string[] {
  const codes = Object.entries(refusedByCode).map(([code, count]) => `${count} with ${code}`).join(', ')
  const omissions = Object.entries(omitted) as [ReplayOmission, number][]
  return [
    `${state === 'failed' ? `Failed: ${problem ?? 'the reason is not known'}` : state === 'stopped' ? 'Stopped' : 'Done'}${round > 1 ? `, round ${round}` : ''}.`,
    `Sent      ${sent}${toSend === null || toSend === sent ? '' : ` of ${toSend}`}${unacknowledged > 0 ? `, ${unacknowledged} not acknowledged` : ''}`,
    `Refused   ${refused}${codes === '' ? '' : `: ${codes}`}`,
    `Late      ${late} by more than ${limits.replayLateMs} ms; ${Math.round(lateMsMean)} ms on average, ${Math.round(lateMsMax)} ms at most`,
    ...omissions.map(([reason, count]) => `Left out  ${count} ${omissionWords[reason]}`),
  ]
}
