import type { Clock } from '../../../shared/clock.ts'
import type { EngineApi, MethodParams } from '../../../shared/contract/contract.ts'
import type { Fleet } from '../../../shared/contract/fleet.ts'
import type { GymRun } from '../../../shared/contract/ota-gym.ts'
import type { Subscriber } from '../../../shared/feed.ts'
import type { GymRuns } from './runs.ts'
import { fleetDeviceName } from '../../../shared/contract/fleet.ts'
import { AppError } from '../../../shared/errors.ts'

export interface RunMethodContext {
  clock: Clock
  runs: GymRuns
}

export type RunMethod = Extract<keyof EngineApi['methods'], `otaGym.${string}`>
export type RunStream = Extract<keyof EngineApi['streams'], `otaGym.${string}`>

/** How long a fleet has to connect and report its versions, and how often that is looked at; milliseconds. */
const readyWithinMs = 120_000
const readyEveryMs = 100
/** How often a watched run is looked at, milliseconds. */
const lookEveryMs = 1_000
/** How often devices ask that are not told, seconds. */
const asksEverySec = 5

/** Starts runs of the failure gym, and tells what became of them. */
export function runMethodHandlers(context: RunMethodContext): Pick<EngineApi['methods'], RunMethod> {
  const { runs } = context
  return {
    'otaGym.start': (wish, { signal }) => startRun(wish, context, signal),
    'otaGym.runs': ({ limit }) => runs.all().slice(0, limit),
    'otaGym.table': async ({ batchId, only, ending, state, deviceName, offset, limit }) => {
      const { summary, rows } = await runs.table(batchId)
      const found = rows.filter(row => (only === undefined || row.verdict === only) && (ending === undefined || row.ending === ending)
        && (state === undefined || row.state === state) && (deviceName === undefined || row.deviceName.includes(deviceName)))
      return { summary, rows: found.slice(offset, offset + limit), total: found.length }
    },
  }
}

/** A run as a whole, whenever it changes. */
export function runStreamHandlers({ clock, runs }: Pick<RunMethodContext, 'clock' | 'runs'>): Pick<EngineApi['streams'], RunStream> {
  return {
    'otaGym.watch': async ({ batchId }, { send, signal }) => {
      let shown = ''
      while (!signal.aborted) {
        const { summary } = await runs.table(batchId)
        const text = JSON.stringify(summary)
        if (text !== shown) {
          shown = text
          await send(summary).catch((error) => {
            if (!signal.aborted)
              throw error
          })
        }
        await pause(clock, lookEveryMs, signal)
      }
    },
  }
}

async function pause(clock: Clock, durationMs: number, signal: Subscriber<unknown>['signal']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const alarm = clock.setAlarm(durationMs, resolve)
  const leave = (): void => resolve()
  signal.addEventListener('abort', leave)
  if (!signal.aborted)
    await promise
  alarm.cancel()
  signal.removeEventListener('abort', leave)
}

async function startRun({ fleetId, packageId, conduct, ...policy }: MethodParams<'otaGym.start'>, context: RunMethodContext, signal: AbortSignal): Promise<GymRun> {
  const { runs } = context
  const pack = await runs.call('otaPackage.get', { packageId })
  const fleet = await runs.call('fleet.get', { fleetId })
  if (fleet.productKey !== pack.productKey)
    throw new AppError('ota/batch-refused', 'The update package is for another product than the devices of the fleet.')
  if (fleet.state !== 'stopped' && fleet.state !== 'failed')
    await runs.call('fleet.stop', { fleetId })
  // Without a push they have to ask.
  const asks = policy.pushes ? {} : { asksEverySec: Math.max(asksEverySec, fleet.updates.asksEverySec) }
  const { updates } = await runs.call('fleet.update', { fleetId, change: { updates: { ...asks, ...conduct, takes: true } } })
  if (updates.version === pack.version)
    throw new AppError('ota/batch-refused', `The devices of the fleet start with version ${updates.version}, which is the one they are to get.`)
  await runs.call('fleet.start', { fleetId })
  const deviceNames = Array.from({ length: fleet.count }, (_, index) => fleetDeviceName(fleet.prefix, index))
  await untilReady(fleet, deviceNames, pack, context, signal)
  const { batchId, createdAt } = await runs.call('batch.create', { packageId, scope: { kind: 'named', deviceNames }, overrides: true, ...policy })
  const run: GymRun = { batchId, packageId, productKey: fleet.productKey, fleetId, fleetName: fleet.name, seed: fleet.seed, endings: updates.endings, percent: updates.percent, startedAt: createdAt }
  await runs.add(run)
  return run
}

/** Waits until every device has connected, and reports a version other than the one that it is to get. */
async function untilReady({ fleetId, count, productKey }: Fleet, names: readonly string[], { module, version }: { module: string, version: string }, { runs, clock }: RunMethodContext, signal: AbortSignal): Promise<void> {
  const until = clock.now() + readyWithinMs
  for (;;) {
    const { stats, state, problem } = await runs.call('fleet.get', { fleetId })
    if (state === 'failed' || state === 'stopped')
      throw new AppError('ota/batch-refused', `The fleet does not run${problem === null ? '' : `: ${problem}`}.`)
    if (stats.connected >= count && await runs.countAtVersion(productKey, names, module, version) === 0)
      return
    if (clock.now() >= until)
      throw new AppError('ota/batch-refused', `After two minutes only ${stats.connected} of the ${count} devices of the fleet are connected and have reported the version they start with.`)
    if (signal.aborted)
      throw new AppError('ota/batch-refused', 'The run was withdrawn before its devices were connected.')
    await pause(clock, readyEveryMs, signal)
  }
}
