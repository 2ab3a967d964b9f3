import type { Alarm, Clock } from '../../shared/clock.ts'
import type { FleetDevice, FleetProcess, FleetProcessExit, FleetUpdate, FromFleetProcess, ProcessStatus, SpawnFleetProcess, ToFleetProcess, UpdateAccounts, UpdateAccountsAsk } from './messages.ts'
import type { EndAnswer, EndAsk } from './types.ts'
import type { SaidByDevice } from './utterances.ts'
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
  /** What its devices said, once it has finished. */
  said: SaidByDevice[] | null = null
  readonly #asks = new Map<number, (answer: UpdateAccounts) => void>()
  readonly #endAsks = new Map<number, (ends: (EndAnswer | null)[]) => void>()
  #askId = 0
  #openFilesMax: number | null = null
  #isReady = false
  #onReady: (() => void) | undefined
  #readyAlarm: Alarm | undefined
  /** Set once the process has been told to end. */
  #end: { done: Promise<void>, settle: () => void } | undefined
  #isGone = false
  /** It has been told to stop at once, so that its end, however it comes, is what was wanted. */
  #isStopping = false

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
      this.#readyAlarm ??= this.#clock.setAlarm(readyMsMax, () => this.#fail(`A fleet process did not start within ${readyMsMax / 1000} s.`))
      this.#onReady = () => resolve(this.#openFilesMax)
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

  /** What its devices did about updates; nothing when the process ends before it answers. */
  accounts(ask: UpdateAccountsAsk): Promise<UpdateAccounts> {
    if (this.#isGone)
      return Promise.resolve({ accounts: [], total: 0 })
    const { promise, resolve } = Promise.withResolvers<UpdateAccounts>()
    const askId = ++this.#askId
    this.#asks.set(askId, resolve)
    this.post({ kind: 'accounts', askId, ...ask })
    return promise
  }

  /** What its devices know of messages; nothing when the process ends before it answers. */
  ends(asks: EndAsk[]): Promise<(EndAnswer | null)[]> {
    if (this.#isGone)
      return Promise.resolve([])
    const { promise, resolve } = Promise.withResolvers<(EndAnswer | null)[]>()
    const askId = ++this.#askId
    this.#endAsks.set(askId, resolve)
    this.post({ kind: 'ends', askId, asks })
    return promise
  }

  /** Ends the process in good order, waiting for acknowledgements first or not; resolves when it is over, however. */
  end(how: 'finish' | 'stop'): Promise<void> {
    if (this.#isGone)
      return Promise.resolve()
    this.#isStopping ||= how === 'stop'
    this.#end ??= this.#startEnd(how)
    return this.#end.done
  }

  /** Ends the process without asking it. */
  kill(): void {
    if (this.#isGone)
      return
    this.#process.kill()
    this.#gone()
  }

  #startEnd(how: 'finish' | 'stop'): { done: Promise<void>, settle: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    const alarm = this.#clock.setAlarm(goodbyeMsMax + (how === 'finish' ? finishMsMax : 0), () => this.kill())
    this.post({ kind: how })
    return {
      done: promise,
      settle() {
        alarm.cancel()
        resolve()
      },
    }
  }

  #gone(): void {
    this.#isGone = true
    this.#readyAlarm?.cancel()
    this.#end?.settle()
    this.#asks.forEach(answer => answer({ accounts: [], total: 0 }))
    this.#asks.clear()
    this.#endAsks.forEach(answer => answer([]))
    this.#endAsks.clear()
  }

  #take(message: FromFleetProcess): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true
        this.#readyAlarm?.cancel()
        this.#openFilesMax = message.openFilesMax
        return this.#onReady?.()
      case 'status':
        return this.#keep(message.status)
      case 'accounts':
        this.#asks.get(message.askId)?.(message)
        this.#asks.delete(message.askId)
        return
      case 'ends':
        this.#endAsks.get(message.askId)?.(message.ends)
        this.#endAsks.delete(message.askId)
        return
      case 'ended':
        this.hasEnded = true
        return this.#events.onEnded()
      case 'finished':
        this.#keep(message.status)
        this.said = message.said
        return this.kill()
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
    if (this.#isStopping)
      this.#gone()
    else
      this.#fail(`A fleet process ended unexpectedly (${describeExit(exit)}); its devices are disconnected.`)
  }

  #fail(problem: string): void {
    if (this.#isGone)
      return
    this.kill()
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
