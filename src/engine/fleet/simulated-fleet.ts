import type { Clock } from '../../shared/clock.ts'
import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { PendingWork } from '../../shared/pending-work.ts'
import type { ScriptRunner, ValueScripts } from '../script/types.ts'
import type { Dial } from './link-socket.ts'
import type { FleetUpdate, IndexRanges, ProcessStatus, UpdateAccounts, UpdateAccountsAsk } from './messages.ts'
import type { EndAnswer, EndAsk } from './types.ts'
import type { FileCarrier } from './updates/downloads.ts'
import type { SaidByDevice } from './utterances.ts'

export interface FleetWorld {
  clock: Clock
  /** Milliseconds that really pass, for latencies and budgets. */
  stopwatch: () => number
  memoryBytes: () => number
  /** Processor time of the process as a share of one core; absent where the process is not the fleet's alone. */
  cpuPercent?: () => number
  /** How devices reach the broker. */
  dial: Dial
  /** How files reach devices that have no sockets; absent: over HTTP. */
  carryFile?: FileCarrier
  work?: PendingWork
  /** Makes the sandbox for scripts ready; called once, when the first script is to run. */
  openScripts: () => Promise<ScriptRunner>
  /** The sandbox for scripts that give values, opened before a plan with such scripts counts. */
  valueScripts?: () => ValueScripts | undefined
}

/** The devices of one fleet process, connected and reporting. */
export interface SimulatedFleet {
  update: (update: Omit<FleetUpdate, 'kind'>) => void
  /** Makes devices do something; indexes beyond the fleet are passed over. */
  steer: (ranges: IndexRanges, steering: Steering) => void
  kicked: (index: number) => void
  wake: (index: number) => void
  /** True once every device has reported for the whole duration; never without a duration. */
  hasEnded: () => boolean
  /** The figures so far; cells only when one changed since the last call. */
  status: () => ProcessStatus
  /** What devices, and their sub-devices, did about updates: those that were told of one, in order. */
  updateAccounts: (ask: UpdateAccountsAsk) => UpdateAccounts
  /** What the devices know of messages, in the order asked about; null for what they do not. */
  ends: (asks: EndAsk[]) => (EndAnswer | null)[]
  /** What each device has said, as a hash; null unless the start asked for it. */
  said: () => SaidByDevice[] | null
  /** Reports no more and resolves when no acknowledgement is outstanding, or after 10 s. */
  finish: () => Promise<void>
  /** Disconnects every device. */
  close: () => Promise<void>
}
