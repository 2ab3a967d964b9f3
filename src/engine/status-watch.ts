import type { Clock } from '../shared/clock.ts'
import type { AppStatus } from '../shared/contract/app.ts'
import type { Percentiles } from '../shared/contract/fleet.ts'
import type { BrokerStats } from './broker/types.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { Totals } from './status.ts'
import type { Store } from './store/types.ts'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Announcer } from '../shared/feed.ts'
import { findBottleneck, Growth, rates } from './status.ts'

export interface StatusContext {
  clock: Clock
  store: Store
  devices: DeviceRegistry
  fleets: Fleets
  totals: () => Omit<Totals, 'at' | 'stored'>
  brokerStats: () => BrokerStats | undefined
  feedDropped: () => number
  keptBytesMax: () => number
  memory: Pick<MemoryBudget, 'bytesMax' | 'see'>
  faultsOn: () => number
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
  const { clock, store, devices, fleets } = context
  const loop = monitorEventLoopDelay({ resolution: samplingMs })
  loop.enable()
  const announcer = new Announcer<AppStatus>()
  const growth = new Growth()
  const takeTotals = (): Totals => ({
    at: clock.now(),
    stored: store.stats().committedRows,
    ...context.totals(),
  })
  let before = takeTotals()
  let current = look(before)
  let alarm = clock.setAlarm(everyMs, turn)

  function look(now: Totals): AppStatus {
    const stats = store.stats()
    const running = fleets.list().filter(fleet => fleet.state === 'running')
    const loopLagMs: Percentiles = {
      p50: lagMs(loop.percentile(50)),
      p95: lagMs(loop.percentile(95)),
      p99: lagMs(loop.percentile(99)),
    }
    const tickLatenessMs = running.map(fleet => fleet.stats.latenessMs).sort((a, b) => b.p99 - a.p99)[0] ?? null
    const figures = {
      writeQueueRows: stats.queuedRows,
      storeFailing: stats.failing,
      loopLagMs,
      tickLatenessMs,
    }
    return {
      at: now.at,
      devicesOnline: devices.onlineCount,
      devicesTotal: devices.count,
      ...rates(before, now),
      refusedTotal: now.refused,
      ...figures,
      writeQueueBytes: stats.queuedBytes,
      droppedRows: stats.droppedRows,
      droppedMessages: context.brokerStats()?.droppedOut ?? 0,
      droppedFeed: context.feedDropped(),
      engineMemoryBytes: process.memoryUsage.rss(),
      fleetMemoryBytes: running.reduce((sum, fleet) => sum + fleet.stats.memoryBytes, 0),
      memoryBytesMax: context.memory.bytesMax,
      diskBytes: stats.diskBytes,
      diskBytesPerSec: growth.see(now.at, stats.diskBytes),
      diskBytesMax: context.keptBytesMax(),
      oldestTraceAt: stats.oldestAt,
      faultsOn: context.faultsOn(),
      fleetsInTrouble: running.filter(({ network, misbehaviour, stats }) => network !== null || misbehaviour.length > 0 || stats.steered.weathered > 0).length,
      bottleneck: findBottleneck(figures),
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

/** Nanoseconds of a delay that includes the pause between two samples, as milliseconds of lateness. */
function lagMs(nanoseconds: number): number {
  return Number.isFinite(nanoseconds)
    ? Math.max(0, Math.round(nanoseconds / 1e5) / 10 - samplingMs)
    : 0
}
