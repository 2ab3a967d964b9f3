import type { Alarm, Clock } from '../../shared/clock.ts'
import type { Behaviour, FleetStats } from '../../shared/contract/fleet.ts'
import type { Log } from '../../shared/log.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { FleetResult } from './fleet-figures.ts'
import type { FleetBroker, FleetDevice, SpawnFleetProcess } from './messages.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { FleetFigures, resultOf } from './fleet-figures.ts'
import { Shard } from './fleet-shard.ts'

/** Files a fleet process needs for itself: standard streams, channel, event loop. */
const ownFiles = 64
/** One source address has about 28,000 ports, and finding a free one gets slow long before they are used up. */
const spreadSourcesAbove = 10_000
const statusMs = 250

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
  /** Devices subscribe to their replies, which a broker other than the platform needs. Default false. */
  subscribe?: boolean
}

/** What may change while a fleet runs; `devices` is the whole new list, of which the unchanged beginning goes on undisturbed. */
export type FleetChange = Partial<Pick<FleetSpec, 'devices' | 'model' | 'behaviours' | 'intervalMs' | 'qos' | 'connectPerSec'>>

export interface RunningFleet {
  /** Throws AppError limit/reached when there are too many devices for this machine. */
  update: (change: FleetChange) => void
  /** Called at most four times a second; `cells` (one byte a device, an index into `cellStates`) is a new array exactly when a cell has changed. */
  onStatus: (listener: (stats: FleetStats, cells: Uint8Array) => void) => void
  /** Called once when the fleet is lost, with a sentence that says why; no device is connected any more. */
  onFailed: (listener: (problem: string) => void) => void
  /** Called once when every device has reported for `durationMs`. */
  onEnded: (listener: () => void) => void
  /** The platform kicked this device (another login): it stays away until it is woken. Unknown names are ignored. */
  kicked: (deviceName: string) => void
  wake: (deviceName: string) => void
  /** How the run has come out so far. */
  result: () => FleetResult
  /** Stops reporting, waits up to 10 s for PUBACKs, disconnects. Throws AppError fleet/failed when a process is lost. */
  finish: () => Promise<FleetResult>
  /** Disconnects all devices; resolves when they are gone. */
  stop: () => Promise<void>
}

export interface FleetHost {
  /**
   * Starts the processes a fleet needs and resolves when they run; devices connect from then on. Throws AppError
   * limit/reached when this machine cannot hold the devices, and fleet/failed when a process does not start.
   */
  start: (spec: FleetSpec) => Promise<RunningFleet>
  /** Ends every process that still runs, without asking. */
  close: () => void
}

export interface FleetHostOptions {
  spawn: SpawnFleetProcess
  log: Log
  clock: Clock
  /** Devices say it in their client id. */
  version?: string
}

/** Runs fleets in processes of their own; see {@link FleetHost}. */
export function createFleetHost(options: FleetHostOptions): FleetHost {
  const fleets = new Set<HostedFleet>()
  return {
    async start(spec) {
      const fleet = new HostedFleet(options, spec)
      fleets.add(fleet)
      fleet.onGone(() => fleets.delete(fleet))
      await fleet.start()
      return fleet
    },
    close() {
      for (const fleet of fleets)
        fleet.kill()
    },
  }
}

class HostedFleet implements RunningFleet {
  readonly #options: FleetHostOptions
  readonly #spec: FleetSpec
  readonly #figures = new FleetFigures()
  readonly #shards: Shard[] = []
  readonly #onStatus: ((stats: FleetStats, cells: Uint8Array) => void)[] = []
  readonly #onFailed: ((problem: string) => void)[] = []
  readonly #onEnded: (() => void)[] = []
  readonly #onGone: (() => void)[] = []
  #devicesPerProcess: number = limits.fleetDevicesPerProcessMax
  #problem: string | undefined
  #isOver = false
  #cells = new Uint8Array(0)
  #statusAlarm: Alarm | undefined
  #shownAt = Number.NEGATIVE_INFINITY
  #indexes: Map<string, number> | undefined

  constructor(options: FleetHostOptions, spec: FleetSpec) {
    this.#options = options
    this.#spec = { ...spec }
  }

  async start(): Promise<void> {
    this.#addShard()
    const openFilesMax = await this.#orFailure(this.#shards[0]!.ready())
    if (openFilesMax !== null)
      this.#devicesPerProcess = Math.max(1, Math.min(limits.fleetDevicesPerProcessMax, openFilesMax - ownFiles))
    try {
      checkCapacity(this.#spec.devices.length, this.#devicesPerProcess, openFilesMax)
    }
    catch (error) {
      this.kill()
      throw error
    }
    this.#openFilesMax = openFilesMax
    while (this.#shards.length * this.#devicesPerProcess < this.#spec.devices.length)
      this.#addShard()
    await this.#orFailure(Promise.all(this.#shards.map(shard => shard.ready())))
    for (const shard of this.#shards)
      this.#startShard(shard)
  }

  #openFilesMax: number | null = null

  update(change: FleetChange): void {
    this.#requireAlive()
    const { devices: next = this.#spec.devices, ...rates } = change
    checkCapacity(next.length, this.#devicesPerProcess, this.#openFilesMax)
    const kept = commonBeginning(this.#spec.devices, next)
    Object.assign(this.#spec, change)
    this.#indexes = undefined
    const running = this.#shards.length
    while (this.#shards.length * this.#devicesPerProcess < next.length)
      this.#addShard()
    for (const [number, shard] of this.#shards.entries()) {
      if (number >= running) {
        this.#startShard(shard)
        continue
      }
      const keep = Math.max(0, kept - shard.firstIndex)
      const addFrom = shard.firstIndex + Math.min(keep, shard.deviceCount)
      const added = next.slice(addFrom, shard.firstIndex + this.#devicesPerProcess)
      const deviceCount = Math.min(keep, shard.deviceCount) + added.length
      shard.update({
        ...rates,
        ...this.#shareOf(deviceCount),
      }, keep, added)
    }
  }

  onStatus(listener: (stats: FleetStats, cells: Uint8Array) => void): void {
    this.#onStatus.push(listener)
  }

  onFailed(listener: (problem: string) => void): void {
    if (this.#problem === undefined)
      this.#onFailed.push(listener)
    else
      listener(this.#problem)
  }

  onEnded(listener: () => void): void {
    if (this.#hasEnded())
      listener()
    else
      this.#onEnded.push(listener)
  }

  /** Called once when no process is left, for whatever reason. */
  onGone(listener: () => void): void {
    this.#onGone.push(listener)
  }

  kicked(deviceName: string): void {
    this.#toDevice('kicked', deviceName)
  }

  wake(deviceName: string): void {
    this.#toDevice('wake', deviceName)
  }

  result(): FleetResult {
    return resultOf(this.#statuses())
  }

  async finish(): Promise<FleetResult> {
    this.#requireAlive()
    await this.#end('finish')
    if (this.#problem !== undefined)
      throw new AppError('fleet/failed', this.#problem)
    return this.result()
  }

  async stop(): Promise<void> {
    await this.#end('stop')
  }

  kill(): void {
    for (const shard of this.#shards)
      shard.kill()
    this.#gone()
  }

  async #end(how: 'finish' | 'stop'): Promise<void> {
    await Promise.all(this.#shards.map(shard => shard.end(how)))
    this.#gone()
  }

  #addShard(): void {
    const firstIndex = this.#shards.length * this.#devicesPerProcess
    this.#shards.push(new Shard(this.#options.spawn, firstIndex, this.#options.clock, {
      onStatus: () => this.#planStatus(),
      onEnded: () => {
        if (this.#hasEnded())
          this.#onEnded.forEach(listener => listener())
      },
      onFailed: problem => this.#fail(problem),
      onWarning: warning => this.#options.log.warn(warning),
    }))
  }

  #startShard(shard: Shard): void {
    const { broker, devices, durationMs, subscribe, ...rest } = this.#spec
    const own = devices.slice(shard.firstIndex, shard.firstIndex + this.#devicesPerProcess)
    shard.deviceCount = own.length
    shard.post({
      kind: 'start',
      ...rest,
      ...this.#shareOf(own.length),
      broker: { host: broker.host, port: broker.port, tls: broker.tls ?? null },
      devices: own,
      durationMs: durationMs ?? null,
      subscribe: subscribe ?? false,
      version: this.#options.version ?? 'simulator',
    })
  }

  /** What a process with so many of the devices may take of what all share. */
  #shareOf(deviceCount: number): { connectPerSec: number, handshakesMax: number, spreadSources: boolean } {
    const { devices, connectPerSec } = this.#spec
    return {
      connectPerSec: deviceCount === 0
        ? connectPerSec
        : connectPerSec * deviceCount / devices.length,
      handshakesMax: Math.max(1, Math.floor(limits.fleetHandshakesMax / this.#shards.length)),
      spreadSources: devices.length > spreadSourcesAbove && process.platform !== 'darwin',
    }
  }

  #toDevice(kind: 'kicked' | 'wake', deviceName: string): void {
    this.#indexes ??= new Map(this.#spec.devices.map((device, index) => [device.deviceName, index]))
    const index = this.#indexes.get(deviceName)
    const shard = index === undefined
      ? undefined
      : this.#shards[Math.floor(index / this.#devicesPerProcess)]
    shard?.post({ kind, index: index! - shard.firstIndex })
  }

  #statuses(): NonNullable<Shard['status']>[] {
    return this.#shards.flatMap(shard => shard.status ?? [])
  }

  #hasEnded(): boolean {
    return this.#shards.every(shard => shard.hasEnded)
  }

  /** Several processes report one after the other; listeners hear of them together. */
  #planStatus(): void {
    if (this.#statusAlarm !== undefined || this.#isOver)
      return
    const { clock } = this.#options
    this.#statusAlarm = clock.setAlarm(Math.max(0, this.#shownAt + statusMs - clock.now()), () => {
      this.#statusAlarm = undefined
      this.#shownAt = clock.now()
      const stats = this.#figures.toStats(this.#statuses(), this.#shards.length, this.#shownAt)
      this.#gatherCells()
      this.#onStatus.forEach(listener => listener(stats, this.#cells))
    })
  }

  #gatherCells(): void {
    const cells = new Uint8Array(this.#spec.devices.length)
    for (const shard of this.#shards)
      cells.set(shard.cells.subarray(0, Math.max(0, cells.length - shard.firstIndex)), shard.firstIndex)
    if (cells.length !== this.#cells.length || cells.some((cell, index) => cell !== this.#cells[index]))
      this.#cells = cells
  }

  #fail(problem: string): void {
    if (this.#problem !== undefined || this.#isOver)
      return
    this.#problem = problem
    this.#options.log.error('a fleet failed', { problem })
    this.kill()
    this.#onFailed.forEach(listener => listener(problem))
  }

  /** What `promise` gives, unless the fleet fails first. */
  #orFailure<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onFailed(problem => reject(new AppError('fleet/failed', problem)))
      promise.then(resolve, reject)
    })
  }

  #requireAlive(): void {
    if (this.#isOver)
      throw new AppError('fleet/failed', this.#problem ?? 'The fleet has been stopped.')
  }

  #gone(): void {
    this.#isOver = true
    this.#statusAlarm?.cancel()
    this.#onGone.forEach(listener => listener())
  }
}

function checkCapacity(deviceCount: number, devicesPerProcess: number, openFilesMax: number | null): void {
  if (deviceCount > limits.fleetDevicesMax)
    throw new AppError('limit/reached', `A fleet has at most ${limits.fleetDevicesMax} devices, but ${deviceCount} were asked for.`, { limit: limits.fleetDevicesMax, got: deviceCount })
  const devicesMax = devicesPerProcess * limits.fleetProcessesMax
  if (deviceCount > devicesMax) {
    throw new AppError('limit/reached', `${deviceCount} devices need more open files than this system allows: a process may open ${openFilesMax}, which is enough for ${devicesPerProcess} devices, and a fleet uses at most ${limits.fleetProcessesMax} processes. Use at most ${devicesMax} devices, or raise the limit (for example \`ulimit -n 20000\`) in the shell that starts Thingbench.`, { limit: devicesMax, got: deviceCount, openFilesMax })
  }
}

/** How many devices at the beginning of both lists are the same. */
function commonBeginning(a: FleetDevice[], b: FleetDevice[]): number {
  const differs = b.findIndex((device, index) => device.deviceName !== a[index]?.deviceName || device.productKey !== a[index].productKey || device.deviceSecret !== a[index].deviceSecret)
  return Math.min(a.length, differs === -1
    ? b.length
    : differs)
}
