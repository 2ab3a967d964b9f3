import type { Preflight, PreflightCheck, PreflightName, PreflightVerdict, PreflightWish } from '../../shared/contract/preflight.ts'
import type { FleetPlan, MachineFacts } from './types.ts'
import { preflightVerdicts } from '../../shared/contract/preflight.ts'
import { limits } from '../../shared/limits.ts'
import { describeCheck } from '../../shared/preflight-words.ts'

/** Measured with 8,000 devices of the sample, by the growth of both processes; devices without a socket have both ends in the engine's. */
const engineBytesPerDevice = 40 * 1024
const fleetBytesPerDevice = 12 * 1024
/** A fleet process with nothing in it. */
const processBytes = 115 * 1024 ** 2
/** A report of the sample and the platform's answer as they are stored, with indexes and curves, and the report's own payload in that. */
const storedBytesPerPost = 700
const usualPayloadBytes = 200
/** Posts a second with everything that belongs to them, where nobody has measured: one thread takes them all in, so more than two cores do not help. */
const guessedPostsPerSec = { oneCore: 4_000, more: 8_000 }
/** A fleet that reports elsewhere only has to build and send its messages (40 µs each, measured). */
const sentPerCorePerSec = 25_000
/** Of what there is, more than this is told. */
const tightShare = 0.85
/** A disk that is full before these ten minutes are over stops the run. */
const diskSecMin = 600
const diskBytesMin = 100 * 1024 ** 2

type Bare = Omit<PreflightCheck, 'message' | 'advice'>

/** Checks a fleet that somebody wishes for against what the machine has. */
export function preflight(wish: PreflightWish, facts: MachineFacts, plan: FleetPlan): Preflight {
  const { devices, intervalSec, transport, elsewhere } = wish
  const hasSockets = transport === 'tcp'
  const processes = hasSockets ? Math.max(1, Math.ceil(devices / plan.devicesPerProcess)) : 0
  const sourceAddresses = hasSockets && !elsewhere ? plan.sourcesOf(devices) : 1
  const postsPerSec = devices / intervalSec
  const bare = [
    share('size', devices, limits.fleetDevicesMax, 1),
    ...hasSockets ? [...elsewhere ? [] : [engineFiles(devices, facts, plan)], fleetFiles(devices, facts, plan, processes), ports(devices, facts, sourceAddresses)] : [],
    ...hasSockets && !elsewhere && facts.backlogMax !== null ? [backlog(facts.backlogMax)] : [],
    memory(devices, facts, wish, processes),
    ...elsewhere || facts.diskFreeBytes === null ? [] : [disk(postsPerSec, facts, facts.diskFreeBytes, wish)],
    speed(postsPerSec, facts, elsewhere),
  ]
  const checks = bare.map((check): PreflightCheck => ({ ...check, ...describeCheck('en', facts.platform, check) }))
  return {
    platform: facts.platform,
    verdict: worst(checks.map(({ verdict }) => verdict)),
    checks,
    processes,
    sourceAddresses,
    postsPerSec,
    devicesMax: devicesMax(wish, facts, plan),
  }
}

/** Stopped by more than there is, warned by nearly as much. */
function share(name: PreflightName, figure: number, limit: number | null, warnAbove = tightShare, facts: Record<string, number> = {}): Bare {
  const verdict = limit === null || figure <= limit * warnAbove ? 'ok' : figure > limit ? 'stop' : 'warn'
  return { name, verdict, figure, limit, facts }
}

function engineFiles(devices: number, { openFilesMax, openFiles }: MachineFacts, { engineRoom }: FleetPlan): Bare {
  return share('engineFiles', devices, engineRoom, 0.98, { ...openFilesMax !== null && { openFilesMax }, ...openFiles !== null && { openFiles } })
}

function fleetFiles(devices: number, { openFilesMax }: MachineFacts, { devicesPerProcess, processesMax }: FleetPlan, processes: number): Bare {
  return share('fleetFiles', devices, openFilesMax === null ? null : devicesPerProcess * processesMax, 1, { processes, devicesPerProcess, processesMax, ...openFilesMax !== null && { openFilesMax } })
}

function ports(devices: number, { portFirst, portLast }: MachineFacts, sources: number): Bare {
  return share('ports', devices, (portLast - portFirst + 1) * sources, tightShare, { portFirst, portLast, sources })
}

/** Connections are opened by a window; a queue that is shorter than it loses some, each of which costs a second. */
function backlog(backlogMax: number): Bare {
  return { name: 'backlog', verdict: backlogMax < limits.fleetHandshakesMax ? 'warn' : 'ok', figure: limits.fleetHandshakesMax, limit: backlogMax, facts: {} }
}

function memory(devices: number, facts: MachineFacts, wish: PreflightWish, processes: number): Bare {
  const perDevice = bytesPerDevice(wish)
  return share('memory', devices * perDevice + processes * processBytes, facts.memoryFreeBytes, tightShare, { perDevice })
}

function bytesPerDevice({ elsewhere }: PreflightWish): number {
  return fleetBytesPerDevice + (elsewhere ? 0 : engineBytesPerDevice)
}

function disk(postsPerSec: number, { keptBytes, keptBytesMax, keepDays }: MachineFacts, freeBytes: number, { payloadBytes = usualPayloadBytes }: PreflightWish): Bare {
  const bytesPerSec = postsPerSec * Math.max(1, storedBytesPerPost + payloadBytes - usualPayloadBytes)
  const keptSec = Math.min(keptBytesMax / bytesPerSec, keepDays * 86_400)
  const figure = Math.max(0, Math.min(bytesPerSec * keepDays * 86_400, keptBytesMax) - keptBytes)
  const isFullSoon = freeBytes < Math.max(diskBytesMin, Math.min(figure, bytesPerSec * diskSecMin))
  return { name: 'disk', verdict: isFullSoon ? 'stop' : figure > freeBytes ? 'warn' : 'ok', figure, limit: freeBytes, facts: { bytesPerSec, keptSec, keptBytesMax } }
}

function speed(postsPerSec: number, { cores, speed: measured }: MachineFacts, elsewhere: boolean): Bare {
  const limit = elsewhere
    ? sentPerCorePerSec * Math.max(1, cores - 1)
    : measured?.postsPerSec ?? (cores === 1 ? guessedPostsPerSec.oneCore : guessedPostsPerSec.more)
  // Whatever cannot keep up still runs, and says so; only what is far beyond a measured speed is not worth a start.
  const isHopeless = measured !== null && !elsewhere && postsPerSec > 1.5 * limit
  return { name: 'speed', verdict: isHopeless ? 'stop' : postsPerSec > tightShare * limit ? 'warn' : 'ok', figure: postsPerSec, limit, facts: { cores, measured: measured === null || elsewhere ? 0 : 1 } }
}

/** The most devices that nothing stops; how often they report does not count. */
function devicesMax(wish: PreflightWish, facts: MachineFacts, { devicesPerProcess, processesMax, engineRoom, sourcesOf }: FleetPlan): number {
  const hasSockets = wish.transport === 'tcp'
  const none = Number.POSITIVE_INFINITY
  const held = Math.min(limits.fleetDevicesMax, hasSockets ? devicesPerProcess * processesMax : none, hasSockets && !wish.elsewhere ? engineRoom ?? none : none)
  const processes = hasSockets ? Math.ceil(held / devicesPerProcess) : 0
  const most = Math.min(held, Math.floor((facts.memoryFreeBytes - processes * processBytes) / bytesPerDevice(wish)))
  const portCount = (facts.portLast - facts.portFirst + 1) * (wish.elsewhere ? 1 : sourcesOf(most))
  return Math.max(0, hasSockets ? Math.min(most, portCount) : most)
}

function worst(verdicts: PreflightVerdict[]): PreflightVerdict {
  return preflightVerdicts[Math.max(0, ...verdicts.map(verdict => preflightVerdicts.indexOf(verdict)))]!
}
