import type { Clock } from '../shared/clock.ts'
import type { AppStatus, FleetLoad } from '../shared/contract/app.ts'
import type { Fleet, Percentiles } from '../shared/contract/fleet.ts'
import type { BrokerQueue, BrokerStats } from './broker/types.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { LimitKeeper } from './limit/limit-keeper.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { Totals } from './status.ts'
import type { Store } from './store/types.ts'
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { Announcer } from '../shared/feed.ts'
import { limits } from '../shared/limits.ts'
import { findLimit } from './limit/judge.ts'
import { createMachineLoad, createProcessLoad } from './process-load.ts'
import { Growth, rates, writeQueueOf } from './status.ts'

export interface StatusContext {
  clock: Clock
  store: Store
  devices: DeviceRegistry
  fleets: Fleets
  totals: () => Omit<Totals, 'at' | 'stored'>
  broker: () => { stats: () => BrokerStats, queue: () => BrokerQueue } | undefined
  feedDropped: () => number
  keptBytesMax: () => number
  memory: Pick<MemoryBudget, 'bytesMax' | 'see'>
  faultsOn: () => number
  limitKeeper: LimitKeeper
  /** A run that makes its own time is late for nobody, and passes more seconds than could be measured. */
  hasVirtualTime: boolean
  /** Is told once a second which fleets run. */
  onRunning: (fleetIds: string[], at: number) => void
}

export interface StatusWatch {
  current: () => AppStatus
  announcer: Announcer<AppStatus>
  close: () => void
}

const everyMs = 1_000
/** How often Node looks at its event loop; what it reports includes this pause itself. */
const samplingMs = 10

/** Takes the figures of the status strip once a second. */
export function createStatusWatch(context: StatusContext): StatusWatch {
  const { clock, store, devices, fleets, limitKeeper, hasVirtualTime } = context
  const cores = availableParallelism()
  const loop = monitorEventLoopDelay({ resolution: samplingMs })
  loop.enable()
  const announcer = new Announcer<AppStatus>()
  const enginePercent = createProcessLoad()
  const machinePercent = createMachineLoad()
  let utilization = performance.eventLoopUtilization()
  const growth = new Growth()
  const takeTotals = (): Totals => ({
    at: clock.now(),
    stored: store.stats().committedRows,
    ...context.totals(),
  })
  let before = takeTotals()
  let current = look(before)
  let alarm = clock.setAlarm(everyMs, turn)

  /** In percent; the share since the last look. */
  function loopPercent(): number {
    const now = performance.eventLoopUtilization()
    const percent = Math.round(100 * performance.eventLoopUtilization(now, utilization).utilization)
    utilization = now
    return percent
  }

  function look(now: Totals): AppStatus {
    const stats = store.stats()
    const running = fleets.list().filter(fleet => fleet.state === 'running')
    const perSec = rates(before, now)
    const loopLagMs: Percentiles = {
      p50: lagMs(loop.percentile(50)),
      p95: lagMs(loop.percentile(95)),
      p99: lagMs(loop.percentile(99)),
    }
    const tickLatenessMs = running.map(fleet => fleet.stats.latenessMs).sort((a, b) => b.p99 - a.p99)[0] ?? null
    const figures = {
      ...writeQueueOf(stats, perSec.storedPerSec),
      storeFailing: stats.failing,
      loopLagMs,
      tickLatenessMs,
      processor: { cores, machinePercent: hasVirtualTime ? null : machinePercent(), enginePercent: enginePercent(), loopPercent: loopPercent() },
      fleetLoads: loadsOf(running),
    }
    const found = hasVirtualTime ? null : findLimit({ ...figures, loopLateMs: loopLagMs.p99, hasTraffic: perSec.upPerSec + perSec.downPerSec > 0 })
    const limit = limitKeeper.take(found, { at: now.at, tickLateMs: tickLatenessMs?.p99 ?? null, loopLateMs: loopLagMs.p99, writePercent: figures.writeQueuePercent, machinePercent: figures.processor.machinePercent })
    const { times, totalMs } = limitKeeper.totals(now.at)
    context.onRunning(running.map(({ fleetId }) => fleetId), now.at)
    return {
      at: now.at,
      devicesOnline: devices.onlineCount,
      devicesTotal: devices.count,
      ...perSec,
      refusedTotal: now.refused,
      ...figures,
      readsWaiting: stats.readsPending,
      droppedRows: stats.droppedRows,
      droppedMessages: context.broker()?.stats().droppedOut ?? 0,
      droppedFeed: context.feedDropped(),
      brokerQueue: (hasVirtualTime ? undefined : context.broker()?.queue()) ?? { bytes: 0, mostBytes: 0, pausedDevices: 0 },
      engineMemoryBytes: process.memoryUsage.rss(),
      fleetMemoryBytes: running.reduce((sum, fleet) => sum + fleet.stats.memoryBytes, 0),
      memoryBytesMax: context.memory.bytesMax,
      diskBytes: stats.diskBytes,
      diskBytesPerSec: growth.see(now.at, stats.diskBytes),
      diskBytesMax: context.keptBytesMax(),
      oldestTraceAt: stats.oldestAt,
      faultsOn: context.faultsOn(),
      fleetsInTrouble: running.filter(({ network, misbehaviour, stats }) => network !== null || misbehaviour.length > 0 || stats.steered.weathered > 0).length,
      bottleneck: limit?.part ?? 'none',
      limit,
      limitTimes: times,
      limitMs: totalMs,
    }
  }

  function turn(): void {
    const now = takeTotals()
    current = look(now)
    before = now
    loop.reset()
    context.memory.see(current)
    announcer.announce(current)
    alarm = clock.setAlarm(everyMs, turn)
  }

  return {
    current: () => current,
    announcer,
    close: () => {
      alarm.cancel()
      loop.disable()
    },
  }
}

function loadsOf(running: Fleet[]): FleetLoad[] {
  return running
    .map(({ fleetId, name, stats: { latenessMs, queue, cpuPercents } }) => ({ fleetId, name, lateMs: latenessMs.p99, queue, cpuPercents }))
    .sort((a, b) => b.lateMs - a.lateMs)
    .slice(0, limits.fleetLoadsShownMax)
}

/** Nanoseconds of a delay that includes the pause between two samples, as milliseconds of lateness. */
function lagMs(nanoseconds: number): number {
  return Number.isFinite(nanoseconds)
    ? Math.max(0, Math.round(nanoseconds / 1e5) / 10 - samplingMs)
    : 0
}
