import type { Clock } from '../../shared/clock.ts'
import type { Conversation } from '../../shared/contract/fleet-conversation.ts'
import type { Life } from '../../shared/contract/fleet-life.ts'
import type { Misbehaviour } from '../../shared/contract/fleet-misbehaviour.ts'
import type { Network } from '../../shared/contract/fleet-network.ts'
import type { ReportPolicy } from '../../shared/contract/fleet-report.ts'
import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { ConfigConduct, UpdateConduct } from '../../shared/contract/fleet-updates.ts'
import type { Behaviour, FleetStats, FleetTransport } from '../../shared/contract/fleet.ts'
import type { Log } from '../../shared/log.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { OpenFiles } from './fleet-capacity.ts'
import type { FleetResult } from './fleet-figures.ts'
import type { FleetBroker, FleetDevice, FleetSubDevices, ForeignWays, IndexRanges, ProcessStatus, SpawnFleetProcess, UpdateAccounts, UpdateAccountsAsk } from './messages.ts'
import type { EndAnswer, EndAsk } from './types.ts'

export interface FleetHostOptions {
  spawn: SpawnFleetProcess
  /** Runs devices that need no socket in the engine's own process. */
  spawnInProcess?: SpawnFleetProcess
  log: Log
  clock: Clock
  /** Devices say it in their client id. */
  version?: string
  /** What the engine's own process may have open, for devices that connect to it. Default: it does not matter. */
  engineFiles?: () => OpenFiles
}

export interface FleetSpec {
  broker: { host: string, port: number, tls?: FleetBroker['tls'] }
  devices: FleetDevice[]
  model: ThingModel
  /** By property name on the wire; the others get the suggested behaviour. */
  behaviours: Record<string, Behaviour>
  intervalMs: number
  qos: 0 | 1
  connectPerSec: number
  seed: number
  /** How long each device reports, from its first CONNACK on; without it, until told to stop. */
  durationMs?: number
  /** What devices say beside their posts, and how they answer. Default: they answer, and say nothing else. */
  conversation?: Conversation
  /** What devices do about updates and about remote configuration. Default: they know of neither. */
  updates?: UpdateConduct
  config?: ConfigConduct
  /** The weather of the network, and what bad devices do. Default: none of either. */
  network?: Network | null
  misbehaviour?: Misbehaviour[]
  /** How devices report their properties. Default: all of them at each interval. */
  report?: ReportPolicy
  /** When the devices are on. Default: always. */
  life?: Life
  /** What the devices, being gateways, bring with them: the sub-devices of all in the order of the gateways. */
  subDevices?: FleetSubDevices | null
  /** Devices subscribe to replies and commands, which a broker other than the platform needs. Default false. */
  subscribe?: boolean
  /** How devices reach the broker: over TCP (or TLS), or without a socket inside the engine's process. Default `tcp`. */
  transport?: FleetTransport
  /** How devices speak to a broker that is not this platform. */
  foreign?: Omit<ForeignWays, 'firstIndex'>
  /** Hash what each device says. Default false. */
  hashesTrace?: boolean
}

/** What may change while a fleet runs; `devices` is the whole new list, of which the unchanged beginning goes on undisturbed; new `subDevices` replace all of before. */
export type FleetChange = Partial<Pick<FleetSpec, 'devices' | 'model' | 'behaviours' | 'intervalMs' | 'qos' | 'connectPerSec' | 'conversation' | 'updates' | 'config' | 'network' | 'misbehaviour' | 'report' | 'life' | 'subDevices'>>

export interface RunningFleet {
  /** Throws AppError limit/reached when there are too many devices for this machine. */
  update: (change: FleetChange) => void
  /** Called at most four times a second; `cells` (one byte a device, an index into `cellStates`) is a new array exactly when a cell has changed. */
  onStatus: (listener: (stats: FleetStats, cells: Uint8Array) => void) => void
  /** Called once when the fleet is lost, with a sentence that says why; no device is connected any more. */
  onFailed: (listener: (problem: string) => void) => void
  /** Called once when every device has reported for `durationMs`. */
  onEnded: (listener: () => void) => void
  /** Makes devices do something: stretches of the fleet by index, both ends included. */
  steer: (ranges: IndexRanges, steering: Steering) => void
  /** The platform kicked this device (another login): it stays away until it is woken. Unknown names are ignored. */
  kicked: (deviceName: string) => void
  wake: (deviceName: string) => void
  /** What devices did about updates, in their own words. */
  updates: (ask: UpdateAccountsAsk) => Promise<UpdateAccounts>
  /** What its devices know of messages, in the order asked about; null for what they do not. */
  ends: (asks: EndAsk[]) => Promise<(EndAnswer | null)[]>
  /** The figures of all its processes together, since its start. */
  figures: () => ProcessStatus
  /** How the run has come out so far. */
  result: () => FleetResult
  /** Stops reporting, waits up to 10 s for PUBACKs, disconnects. Throws AppError fleet/failed when a process is lost. */
  finish: () => Promise<FleetResult>
  /** Disconnects all devices; resolves when they are gone. */
  stop: () => Promise<void>
  /** After the end, a hash over what all devices said; null unless the spec asked for it. */
  traceHash: () => string | null
}
