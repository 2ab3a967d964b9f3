import type { Alarm } from '../../shared/clock.ts'
import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { FleetStats } from '../../shared/contract/fleet.ts'
import type { FleetCapacity } from './fleet-capacity.ts'
import type { FleetResult } from './fleet-figures.ts'
import type { FleetSubDevices, IndexRanges, ProcessStatus, UpdateAccounts, UpdateAccountsAsk } from './messages.ts'
import type { FleetChange, FleetHostOptions, FleetSpec, RunningFleet } from './running-fleet.ts'
import type { EndAnswer, EndAsk } from './types.ts'
import { quietConversation } from '../../shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../shared/contract/fleet-life.ts'
import { plainReport } from '../../shared/contract/fleet-report.ts'
import { defaultUpdates, quietConfigConduct, quietUpdates } from '../../shared/contract/fleet-updates.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { capacityOf, checkCapacity, checkEngineRoom, commonBeginning, needsSpreadSources } from './fleet-capacity.ts'
import { addUp, FleetFigures, resultOf } from './fleet-figures.ts'
import { Shard } from './fleet-shard.ts'
import { hashOfRun } from './utterances.ts'

const statusMs = 250

/** A fleet spread over the processes it needs, seen as one. */
export class HostedFleet implements RunningFleet {
  readonly #options: FleetHostOptions
  readonly #spec: FleetSpec
  readonly #figures = new FleetFigures()
  /** In the order of their devices. */
  readonly #shards: Shard[] = []
  /** Processes that have no devices any more and are about to end, and the figures of those that have ended. */
  readonly #leaving = new Set<Shard>()
  #leftBehind: ProcessStatus[] = []
  readonly #onStatus: ((stats: FleetStats, cells: Uint8Array) => void)[] = []
  readonly #onFailed: ((problem: string) => void)[] = []
  readonly #onEnded: (() => void)[] = []
  readonly #onGone: (() => void)[] = []
  #capacity: FleetCapacity = capacityOf(null)
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
    this.#capacity = capacityOf(await this.#orFailure(this.#shards[0]!.ready()))
    try {
      checkCapacity(this.#spec.devices.length, this.#capacity)
      this.#checkEngine(this.#spec.devices.length)
    }
    catch (error) {
      this.kill()
      throw error
    }
    this.#addShards()
    await this.#orFailure(Promise.all(this.#shards.map(shard => shard.ready())))
    for (const shard of this.#shards)
      this.#startShard(shard)
  }

  update(change: FleetChange): void {
    this.#requireAlive()
    const { devices: next = this.#spec.devices, subDevices, ...rates } = change
    checkCapacity(next.length, this.#capacity)
    this.#checkEngine(next.length - this.#spec.devices.length)
    const kept = commonBeginning(this.#spec.devices, next)
    Object.assign(this.#spec, change)
    this.#indexes = undefined
    this.#retireShards()
    const running = this.#shards.length
    this.#addShards()
    for (const shard of this.#shards.slice(0, running)) {
      const keep = Math.min(Math.max(0, kept - shard.firstIndex), shard.deviceCount)
      const added = next.slice(shard.firstIndex + keep, shard.firstIndex + this.#capacity.devicesPerProcess)
      const brought = subDevices === undefined ? {} : { subDevices: this.#subDevicesOf(shard.firstIndex, keep + added.length) }
      shard.update({ ...rates, ...brought, ...this.#shareOf(keep + added.length) }, keep, added)
    }
    for (const shard of this.#shards.slice(running))
      this.#startShard(shard)
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

  steer(ranges: IndexRanges, steering: Steering): void {
    for (const shard of this.#shards) {
      const own = ranges
        .map(([first, last]): [number, number] => [Math.max(0, first - shard.firstIndex), Math.min(last - shard.firstIndex, shard.deviceCount - 1)])
        .filter(([first, last]) => first <= last)
      if (own.length > 0)
        shard.post({ kind: 'steer', ranges: own, steering })
    }
  }

  kicked(deviceName: string): void {
    this.#toDevice('kicked', deviceName)
  }

  wake(deviceName: string): void {
    this.#toDevice('wake', deviceName)
  }

  figures(): ProcessStatus {
    return addUp(this.#statuses())
  }

  result(): FleetResult {
    return resultOf(this.#statuses())
  }

  async updates({ offset, limit, deviceNames }: UpdateAccountsAsk): Promise<UpdateAccounts> {
    const answer: UpdateAccounts = { accounts: [], total: 0 }
    for (const shard of this.#shards) {
      const part = await shard.accounts({ deviceNames, offset: Math.max(0, offset - answer.total), limit: limit - answer.accounts.length })
      answer.accounts.push(...part.accounts)
      answer.total += part.total
    }
    return answer
  }

  async ends(asks: EndAsk[]): Promise<(EndAnswer | null)[]> {
    const answers = await Promise.all(this.#shards.map(shard => shard.ends(asks)))
    return asks.map((_, at) => answers.find(answer => answer[at])?.[at] ?? null)
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

  traceHash(): string | null {
    const said = this.#shards.flatMap(shard => shard.said ?? [])
    return said.length === 0 ? null : hashOfRun(said)
  }

  kill(): void {
    for (const shard of [...this.#leaving, ...this.#shards])
      shard.kill()
    this.#gone()
  }

  async #end(how: 'finish' | 'stop'): Promise<void> {
    await Promise.all([...this.#leaving, ...this.#shards].map(shard => shard.end(how)))
    this.#gone()
  }

  /** Devices with sockets that connect to this engine take as many of its handles. */
  #checkEngine(moreDevices: number): void {
    const { engineFiles } = this.#options
    if (engineFiles !== undefined && moreDevices > 0 && this.#spec.transport !== 'in-process' && this.#spec.foreign === undefined)
      checkEngineRoom(moreDevices, engineFiles())
  }

  /** Starts the processes that are missing for the devices. */
  #addShards(): void {
    while (this.#shards.length * this.#capacity.devicesPerProcess < this.#spec.devices.length)
      this.#addShard()
  }

  #retireShards(): void {
    while (this.#shards.length > 1 && this.#shards.at(-1)!.firstIndex >= this.#spec.devices.length) {
      const shard = this.#shards.pop()!
      this.#leaving.add(shard)
      void shard.end('stop').then(() => {
        this.#leaving.delete(shard)
        if (shard.status)
          this.#leftBehind = [addUp([...this.#leftBehind, { ...shard.status, memoryBytes: 0, cpuPercent: 0, queue: { bytes: 0, mostBytes: 0, fullDevices: 0 } }])]
      })
    }
  }

  #addShard(): void {
    const firstIndex = this.#shards.length * this.#capacity.devicesPerProcess
    const { spawn, spawnInProcess } = this.#options
    this.#shards.push(new Shard(this.#spec.transport === 'in-process' ? spawnInProcess ?? spawn : spawn, firstIndex, this.#options.clock, {
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
    const { broker, devices, durationMs, subscribe, conversation, updates, config, network, misbehaviour, report, life, subDevices: _, transport: __, hashesTrace, foreign, ...rest } = this.#spec
    const own = devices.slice(shard.firstIndex, shard.firstIndex + this.#capacity.devicesPerProcess)
    shard.deviceCount = own.length
    shard.post({
      kind: 'start',
      ...rest,
      ...this.#shareOf(own.length),
      broker: { host: broker.host, port: broker.port, tls: broker.tls ?? null },
      devices: own,
      durationMs: durationMs ?? null,
      subscribe: subscribe ?? false,
      conversation: conversation ?? quietConversation,
      updates: updates ?? quietUpdates,
      config: config ?? quietConfigConduct,
      network: network ?? null,
      misbehaviour: misbehaviour ?? [],
      report: report ?? plainReport,
      life: life ?? defaultLife,
      subDevices: this.#subDevicesOf(shard.firstIndex, own.length),
      version: this.#options.version ?? 'simulator',
      hashesTrace: hashesTrace ?? false,
      ...foreign && { foreign: { ...foreign, firstIndex: shard.firstIndex } },
    })
  }

  /** What a process with so many of the devices may take of what all share. */
  #shareOf(deviceCount: number): { connectPerSec: number, handshakesMax: number, spreadSources: boolean, downloadsMax: number } {
    const { devices, connectPerSec, updates } = this.#spec
    return {
      connectPerSec: deviceCount === 0
        ? connectPerSec
        : connectPerSec * deviceCount / devices.length,
      handshakesMax: Math.max(1, Math.floor(limits.fleetHandshakesMax / this.#shards.length)),
      spreadSources: needsSpreadSources(devices.length),
      downloadsMax: Math.max(1, Math.round((updates ?? defaultUpdates).downloadsMax * deviceCount / Math.max(1, devices.length))),
    }
  }

  #subDevicesOf(firstGateway: number, gatewayCount: number): FleetSubDevices | null {
    const { subDevices } = this.#spec
    return subDevices
      ? { ...subDevices, devices: subDevices.devices.slice(firstGateway * subDevices.perGateway, (firstGateway + gatewayCount) * subDevices.perGateway) }
      : null
  }

  #toDevice(kind: 'kicked' | 'wake', deviceName: string): void {
    const index = this.#indexOf(deviceName)
    const shard = index === undefined
      ? undefined
      : this.#shards[Math.floor(index / this.#capacity.devicesPerProcess)]
    shard?.post({ kind, index: index! - shard.firstIndex })
  }

  #indexOf(deviceName: string): number | undefined {
    this.#indexes ??= new Map(this.#spec.devices.map((device, index) => [device.deviceName, index]))
    return this.#indexes.get(deviceName)
  }

  #statuses(): ProcessStatus[] {
    return [...this.#leftBehind, ...[...this.#leaving, ...this.#shards].flatMap(shard => shard.status ?? [])]
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
      const stats = this.#figures.toStats(this.#statuses(), this.#shards.map(shard => shard.status?.cpuPercent ?? 0), this.#shownAt)
      this.#gatherCells()
      this.#onStatus.forEach(listener => listener(stats, this.#cells))
    })
  }

  #gatherCells(): void {
    const cells = new Uint8Array(this.#spec.devices.length)
    // A process may not have heard of the last change yet.
    for (const shard of this.#shards)
      cells.set(shard.cells.subarray(0, cells.length - shard.firstIndex), shard.firstIndex)
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
