import type { FleetLoad, ProcessorLoad } from '../../shared/contract/app.ts'
import type { LimitFigures, LimitPart } from '../../shared/contract/limit.ts'

/** What the limits are judged by, once a second. */
export interface BenchFigures {
  /** A sentence while nothing can be written. */
  storeFailing: string | null
  /** Messages come or go: somebody would notice that they are late. */
  hasTraffic: boolean
  writeQueueRows: number
  writeDrainSec: number | null
  /** How late the engine's loop was, the 99th percentile in milliseconds. */
  loopLateMs: number
  processor: ProcessorLoad
  /** The latest one first. */
  fleetLoads: FleetLoad[]
}

export interface Finding { part: LimitPart, figures: LimitFigures }

/** Lateness that a person would notice, and a backlog that the writer does not clear within a second. */
const lateMs = 50
const backlogRows = 20_000
/** A thread that is busier than this has nothing left, and so have all processors together. */
const busyPercent = 95
/** Below this it is not the engine or a fleet that has used up the machine, but other programs. */
const ownPercent = 85

/**
 * Names the part that is the limit, in the order in which one hides the others: a store that cannot keep up makes the broker
 * wait, other programs make both late, and a broker that is late makes the fleet look slow.
 */
export function findLimit({ storeFailing, hasTraffic, writeQueueRows, writeDrainSec, loopLateMs, processor, fleetLoads }: BenchFigures): Finding | null {
  const { machinePercent } = processor
  const figures = { lateMs: null, cpuPercent: null, machinePercent, fleet: null, process: null, rows: null, drainSec: null, failing: null }
  if (storeFailing !== null || writeQueueRows > backlogRows)
    return { part: 'writer', figures: { ...figures, rows: writeQueueRows, drainSec: writeDrainSec, failing: storeFailing } }
  const latest = fleetLoads[0]
  if (!hasTraffic && latest === undefined)
    return null
  const busiest = busiestProcess(fleetLoads)
  const worstMs = Math.max(loopLateMs, latest?.lateMs ?? 0)
  // By processor time: a thread that is kept waiting for a core looks busy as well.
  const isOwnWork = processor.enginePercent >= ownPercent || (busiest?.percent ?? 0) >= ownPercent
  if (worstMs > lateMs && (machinePercent ?? 0) >= busyPercent && !isOwnWork)
    return { part: 'machine', figures: { ...figures, lateMs: worstMs, cpuPercent: ownShare(processor, fleetLoads) } }
  if (loopLateMs > lateMs)
    return { part: 'broker', figures: { ...figures, lateMs: loopLateMs, cpuPercent: processor.loopPercent } }
  if (busiest !== undefined && busiest.percent >= busyPercent)
    return { part: 'fleet', figures: { ...figures, lateMs: busiest.load.lateMs, cpuPercent: busiest.percent, fleet: busiest.load.name, process: busiest.process } }
  if (latest !== undefined && latest.lateMs > lateMs) {
    const own = busiestProcess([latest])
    return { part: 'fleet', figures: { ...figures, lateMs: latest.lateMs, cpuPercent: own?.percent ?? null, fleet: latest.name, process: own?.process ?? null } }
  }
  return null
}

function busiestProcess(loads: FleetLoad[]): { load: FleetLoad, process: number, percent: number } | undefined {
  return loads.flatMap(load => load.cpuPercents.map((percent, index) => ({ load, process: index + 1, percent }))).sort((a, b) => b.percent - a.percent)[0]
}

/** What engine and fleets use of all processors, in percent of all. */
function ownShare({ cores, enginePercent }: ProcessorLoad, loads: FleetLoad[]): number {
  const used = loads.flatMap(({ cpuPercents }) => cpuPercents).reduce((sum, percent) => sum + percent, enginePercent)
  return Math.min(100, Math.round(used / cores))
}
