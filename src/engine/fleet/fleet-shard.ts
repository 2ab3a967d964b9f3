import type { Clock } from '../../shared/clock.ts'
import type { FleetDevice, FleetProcess, FleetProcessExit, FleetUpdate, FromFleetProcess, ProcessStatus, SpawnFleetProcess, ToFleetProcess } from './messages.ts'
import { parseFromProcess } from './messages.ts'

/** A process that has not said `ready` by then does not start at all. */
const readyMsMax = 30_000
/** How long a process may take to say goodbye to its devices, on top of what it waits for. */
const goodbyeMsMax = 5_000
const finishMsMax = 12_000

export interface ShardEvents {
  onStatus: () => void
  onEnded: () => void
  /** The process is gone, or of no use, although nobody asked it to end; a sentence for a person. */
  onFailed: (problem: string) => void
  /** It refused or sent a message that makes no sense, and went on. */
  onWarning: (warning: string) => void
}

/** One fleet process as its host sees it, and the devices it runs: a contiguous part of the fleet. */
export class Shard {
  /** Index in the whole fleet of its first device. */
  readonly firstIndex: number
  readonly #clock: Clock
  readonly #events: ShardEvents
  readonly #process: FleetProcess
  deviceCount = 0
  hasEnded = false
  status: ProcessStatus | undefined
  /** The latest states of its devices, an index into `cellStates` each. */
  cells = new Uint8Array(0)
  #openFilesMax: number | null = null
  #isReady = false
  /** Whoever waits for the process to become ready, or to end. */
  #onReady: (() => void) | undefined
  #onFinished: (() => void) | undefined
  #isGone = false

  constructor(spawn: SpawnFleetProcess, firstIndex: number, clock: Clock, events: ShardEvents) {
    this.firstIndex = firstIndex
    this.#clock = clock
    this.#events = events
    this.#process = spawn()
    this.#process.onMessage((value) => {
      const parsed = parseFromProcess(value)
      if (parsed.ok)
        this.#take(parsed.message)
      else
        events.onWarning(`a fleet process sent a message that makes no sense: ${parsed.problem}`)
    })
    this.#process.onExit(exit => this.#exited(exit))
  }

  /**
   * Waits until the process listens; how many files it may open. A process that ends or stays silent is reported as
   * failed, and the promise stays open.
   */
  ready(): Promise<number | null> {
    return new Promise((resolve) => {
      if (this.#isReady)
        return resolve(this.#openFilesMax)
      const alarm = this.#clock.setAlarm(readyMsMax, () => this.#fail(`A fleet process did not start within ${readyMsMax / 1000} s.`))
      this.#onReady = () => {
        alarm.cancel()
        resolve(this.#openFilesMax)
      }
    })
  }

  post(message: ToFleetProcess): void {
    if (!this.#isGone)
      this.#process.post(message)
  }

  /** Changes the rates, and the devices: the first `keep` stay, `added` come behind them. */
  update(change: Omit<FleetUpdate, 'kind' | 'keepDevices' | 'addDevices'>, keep: number, added: FleetDevice[]): void {
    this.post({
      kind: 'update',
      ...change,
      ...(keep < this.deviceCount && { keepDevices: keep }),
      ...(added.length > 0 && { addDevices: added }),
    })
    this.deviceCount = Math.min(keep, this.deviceCount) + added.length
  }

  /** Ends the process in good order, waiting for acknowledgements first or not; resolves when it is over, however. */
  end(how: 'finish' | 'stop'): Promise<void> {
    if (this.#isGone)
      return Promise.resolve()
    return new Promise((resolve) => {
      const alarm = this.#clock.setAlarm(goodbyeMsMax + (how === 'finish'
        ? finishMsMax
        : 0), () => this.#onFinished?.())
      this.#onFinished = () => {
        alarm.cancel()
        this.kill()
        resolve()
      }
      this.post({ kind: how })
    })
  }

  /** Ends the process without asking it. */
  kill(): void {
    if (this.#isGone)
      return
    this.#isGone = true
    this.#process.kill()
  }

  #take(message: FromFleetProcess): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true
        this.#openFilesMax = message.openFilesMax
        return this.#onReady?.()
      case 'status':
        return this.#keep(message.status)
      case 'ended':
        this.hasEnded = true
        return this.#events.onEnded()
      case 'finished':
        this.#keep(message.status)
        return this.#onFinished?.()
      case 'rejected':
        if (this.status === undefined)
          this.#fail(`A fleet process refused to start: ${message.problem}`)
        else
          this.#events.onWarning(`a fleet process refused a message: ${message.problem}`)
    }
  }

  #keep(status: ProcessStatus): void {
    this.status = status
    this.cells = status.cells === null
      ? this.cells
      : new Uint8Array(status.cells)
    this.#events.onStatus()
  }

  #exited(exit: FleetProcessExit): void {
    if (this.#isGone)
      return
    this.#fail(`A fleet process ended unexpectedly (${describeExit(exit)}); its devices are disconnected.`)
  }

  #fail(problem: string): void {
    if (this.#isGone)
      return
    this.kill()
    this.#onFinished?.()
    this.#events.onFailed(problem)
  }
}

/** How a process ended, and the line of its last words that says why. */
function describeExit({ code, signal, lastWords }: FleetProcessExit): string {
  const how = signal !== null
    ? `signal ${signal}`
    : code !== null
      ? `exit code ${code}`
      : 'it could not be started'
  const lines = lastWords.split('\n').map(line => line.trim()).filter(line => line !== '')
  const why = lines.find(line => /^[\w ]*Error\b.*:/.test(line)) ?? lines.at(-1)
  return why === undefined
    ? how
    : `${how}: ${why}`
}
