import type { RunMachine } from '../../shared/contract/run.ts'
import type { SeenStatus } from './types.ts'

/** A pause of the clock, such as a machine that slept, is no time in which a part was the limit. */
const pauseMsMax = 5_000

/** What this machine does while a run goes on. */
export class MachineWatch {
  readonly #keptBefore: number
  readonly #machine: RunMachine = { limitMs: { fleet: 0, broker: 0, writer: 0, machine: 0 }, loopLagMsMax: 0, tickLatenessMsMax: 0, engineMemoryBytesMax: 0, fleetMemoryBytesMax: 0, diskBytesMax: 0, writeQueueRowsMax: 0, messagesKept: 0, droppedRows: 0 }
  #droppedBefore: number | undefined
  #at: number

  /** `keptRows`: what the store has kept so far. */
  constructor(startedAt: number, keptRows: number) {
    this.#at = startedAt
    this.#keptBefore = keptRows
  }

  see(status: SeenStatus, keptRows: number): void {
    const machine = this.#machine
    const sinceMs = Math.max(0, status.at - this.#at)
    this.#at = Math.max(this.#at, status.at)
    this.#droppedBefore ??= status.droppedRows
    if (status.bottleneck !== 'none' && status.bottleneck !== 'page' && sinceMs <= pauseMsMax)
      machine.limitMs[status.bottleneck] += sinceMs
    machine.loopLagMsMax = Math.max(machine.loopLagMsMax, status.loopLagMs.p99)
    machine.tickLatenessMsMax = Math.max(machine.tickLatenessMsMax, status.tickLatenessMs?.p99 ?? 0)
    machine.engineMemoryBytesMax = Math.max(machine.engineMemoryBytesMax, status.engineMemoryBytes)
    machine.fleetMemoryBytesMax = Math.max(machine.fleetMemoryBytesMax, status.fleetMemoryBytes)
    machine.diskBytesMax = Math.max(machine.diskBytesMax, status.diskBytes)
    machine.writeQueueRowsMax = Math.max(machine.writeQueueRowsMax, status.writeQueueRows)
    machine.droppedRows = status.droppedRows - this.#droppedBefore
    this.count(keptRows)
  }

  /** Takes what has been kept since the last look. */
  count(keptRows: number): void {
    this.#machine.messagesKept = keptRows - this.#keptBefore
  }

  get machine(): RunMachine {
    return structuredClone(this.#machine)
  }
}
