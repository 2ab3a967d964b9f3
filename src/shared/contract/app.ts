import type { Percentiles, SocketQueue } from './fleet.ts'
import type { LimitNow, LimitPart } from './limit.ts'
import { z } from 'zod'
import { method, stream, type } from './define.ts'
import { limitMethods } from './limit.ts'
import { preflightMethods } from './preflight.ts'

export interface AppNotice {
  id: number
  at: number
  level: 'info' | 'warning' | 'error'
  /** Stable word for programs and translation: `port-taken`, `segment-damaged`, `segments-dropped`, `write-failing` … */
  code: string
  message: string
}

export interface AppInfo {
  version: string
  /** Differs after every start of the engine. */
  engineId: string
  workspace: string
  nodeVersion: string
  sqliteVersion: string
  /** Where devices connect; `host` is what a board on this machine's network would use when it is let in. */
  mqtt: { host: string, port: number, wantedPort: number }
  http: { url: string }
  startedAt: number
  notices: AppNotice[]
}

/** What the strip at the bottom shows, once a second. Rates are per second over the last second. */
export interface AppStatus {
  at: number
  devicesOnline: number
  devicesTotal: number
  upPerSec: number
  downPerSec: number
  refusedPerSec: number
  /** Messages whose check did not end with 200, since the engine started. */
  refusedTotal: number
  storedPerSec: number
  writeQueueRows: number
  writeQueueBytes: number
  /** Rows never stored because the queue was full; messages not delivered because a socket or session queue was full; feed items left out. */
  droppedRows: number
  droppedMessages: number
  droppedFeed: number
  /** How late the engine's own event loop ran in the last second, milliseconds. */
  loopLagMs: Percentiles
  /** How late the fleets' ticks ran, the worst fleet, milliseconds; null when none runs. */
  tickLatenessMs: Percentiles | null
  engineMemoryBytes: number
  fleetMemoryBytes: number
  /** What both may take together: beyond it no fleet is started and none grows. */
  memoryBytesMax: number
  diskBytes: number
  diskBytesMax: number
  /** How fast the messages grow on the disk, over the last minute. */
  diskBytesPerSec: number
  oldestTraceAt: number | null
  /** A sentence while the store cannot write, else null. */
  storeFailing: string | null
  /** Faults that the platform commits on purpose at the moment. */
  faultsOn: number
  /** Running fleets with weather on their network, or devices that misbehave, on purpose. */
  fleetsInTrouble: number
  /** How full the write queue is, in percent of what it may hold, and how long it takes to empty at the present pace; null: it does not get emptier. */
  writeQueuePercent: number
  writeDrainSec: number | null
  /** Queries that wait for the store. */
  readsWaiting: number
  /** What waits in the sockets of the platform for devices to take it, and devices that are not read at the moment. */
  brokerQueue: { bytes: number, mostBytes: number, pausedDevices: number }
  /** The fleets that run, the latest one first, at most {@link limits.fleetLoadsShownMax} of them. */
  fleetLoads: FleetLoad[]
  processor: ProcessorLoad
  /** Which part is the limit at the moment, and since when and why; it does not change from one second to the next. */
  bottleneck: 'none' | LimitPart
  limit: LimitNow | null
  /** How often, and for how many milliseconds, a part of this machine was the limit since the engine started. */
  limitTimes: number
  limitMs: number
}

/** What a running fleet asks of this machine. */
export interface FleetLoad {
  fleetId: string
  name: string
  /** How late its reports leave, the 99th percentile in milliseconds. */
  lateMs: number
  queue: SocketQueue
  /** Of each of its processes, in percent of one core. */
  cpuPercents: number[]
}

export interface ProcessorLoad {
  cores: number
  /** All processors, in percent of all; null where the system does not tell. */
  machinePercent: number | null
  /** The engine's process with all its threads, in percent of one core. */
  enginePercent: number
  /** How busy the engine's own thread is, in percent: at 100 it handles no more messages. */
  loopPercent: number
}

/** A message worth looking at, for the home page. */
export interface Highlight { at: number, traceId: number, productKey: string, deviceName: string, code: number, message: string }

export const appMethods = {
  ...limitMethods,
  ...preflightMethods,
  'app.info': method({
    about: 'What is running, where, and what the user should know.',
    input: z.strictObject({}),
    output: type<AppInfo>(),
  }),
  'app.highlights': method({
    about: 'The last five messages that were refused or failed.',
    input: z.strictObject({}),
    output: type<Highlight[]>(),
  }),
  'app.addSample': method({
    about: 'Adds the sample product and a fleet of `count` devices to this workspace and starts it.',
    input: z.strictObject({
      count: z.int().min(1).max(10_000).default(1_000),
    }),
    output: type<{ productKey: string, fleetId: string }>(),
  }),
}

export const appStreams = {
  'app.status': stream({
    about: 'The figures of the status strip, once a second.',
    input: z.strictObject({}),
    item: type<AppStatus>(),
  }),
  'app.notices': stream({
    about: 'Notices as they come up, the present ones first.',
    input: z.strictObject({}),
    item: type<AppNotice>(),
  }),
}
