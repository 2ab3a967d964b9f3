import type { Clock } from '../../shared/clock.ts'
import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { ConnectionTest, SecretPlace, TargetSecrets } from '../../shared/contract/fleet-target.ts'
import type { Fleet, FleetLive, FleetSettings, FleetSettingsChange, FleetStats } from '../../shared/contract/fleet.ts'
import type { Log } from '../../shared/log.ts'
import type { Store } from '../store/types.ts'
import type { FleetHost, RunningFleet } from './fleet-host.ts'
import type { FleetRow } from './fleet-rows.ts'
import type { IndexRanges, ProcessStatus, UpdateAccounts, UpdateAccountsAsk } from './messages.ts'
import type { SubDevicesContext } from './sub-devices.ts'
import type { FleetTargets } from './target/fleet-targets.ts'
import type { TargetWish } from './target/test-target.ts'
import type { EndAnswer, EndAsk } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { changeForRunning, changeSettings } from './change-settings.ts'
import { emptyFleetStats } from './empty-stats.ts'
import { deleteFleet, selectFleets, upsertFleet } from './fleet-rows.ts'
import { bringSubDevices, checkSubDevices } from './sub-devices.ts'
import { mannersOf } from './target/fleet-targets.ts'
import { testTarget } from './target/test-target.ts'

export interface FleetsContext extends SubDevicesContext {
  store: Store
  clock: Clock
  log: Log
  host: FleetHost
  targets: FleetTargets
  makeId: () => string
  /** Devices' messages repeat exactly from run to run, so that a hash of them means something. */
  hashesTrace: boolean
}

export interface NewFleet extends FleetSettings { productKey: string, prefix: string, secrets: TargetSecrets }

interface Entry {
  row: FleetRow
  state: Fleet['state']
  problem: string | null
  startedAt: number | null
  stats: FleetStats
  cells: Uint8Array
  /** What came of its last run; null before, and while it runs. */
  figures: ProcessStatus | null
  running: RunningFleet | null
  traceHash: string | null
  watchers: Set<() => void>
}

/** The fleets of a workspace: set up once, kept, started and stopped, changed while they run. */
export class Fleets {
  readonly #context: FleetsContext
  readonly #entries = new Map<string, Entry>()

  private constructor(context: FleetsContext) {
    this.#context = context
  }

  static async open(context: FleetsContext): Promise<Fleets> {
    const fleets = new Fleets(context)
    for (const row of await context.store.read(selectFleets, []))
      fleets.#entries.set(row.fleetId, newEntry(row))
    return fleets
  }

  list(): Fleet[] {
    return [...this.#entries.values()].map(entry => this.#present(entry))
  }

  get(fleetId: string): Fleet {
    return this.#present(this.#entry(fleetId))
  }

  /** Makes a fleet and the devices it needs, without starting it. */
  async create(fleet: NewFleet): Promise<Fleet> {
    const { productKey, prefix, secrets, ...settings } = fleet
    this.#context.modelOf(productKey)
    checkSubDevices(this.#context, productKey, prefix, settings)
    await this.#context.targets.check({ fleetId: '', productKey, prefix, settings }, secrets)
    const row: FleetRow = {
      fleetId: this.#context.makeId(),
      productKey,
      prefix,
      settings,
      running: false,
      createdAt: this.#context.clock.now(),
    }
    await this.#context.targets.keep(row.fleetId, settings.target, secrets)
    await this.#context.targets.devicesOf(row)
    await bringSubDevices(this.#context, row)
    const entry = newEntry(row)
    await this.#save(entry)
    this.#entries.set(row.fleetId, entry)
    return this.#present(entry)
  }

  /** Changes a fleet; one that runs takes the change at once. */
  async update(fleetId: string, change: FleetSettingsChange): Promise<Fleet> {
    const entry = this.#entry(fleetId)
    const settings = changeSettings(entry.row.settings, change)
    checkSubDevices(this.#context, entry.row.productKey, entry.row.prefix, settings)
    await this.#retarget(entry, settings, change.secrets ?? {})
    const bringsOthers = JSON.stringify([settings.count, settings.conversation.subDevices]) !== JSON.stringify([entry.row.settings.count, entry.row.settings.conversation.subDevices])
    entry.row = { ...entry.row, settings }
    // A busy store takes its time; the devices do not wait for it.
    await Promise.all([this.#save(entry), entry.running && this.#apply(entry, change, bringsOthers)])
    this.#changed(entry)
    return this.#present(entry)
  }

  /** Starts a fleet; a fleet that runs already stays as it is. AppError fleet/failed when its process cannot be started. */
  async start(fleetId: string): Promise<Fleet> {
    const entry = this.#entry(fleetId)
    if (entry.running || entry.state === 'starting')
      return this.#present(entry)
    const { settings, productKey } = entry.row
    entry.state = 'starting'
    entry.problem = null
    entry.traceHash = null
    this.#changed(entry)
    try {
      const ways = await this.#context.targets.waysOf(entry.row)
      const devices = await this.#context.targets.devicesOf(entry.row)
      const running = await this.#context.host.start({
        ...ways,
        devices,
        model: this.#context.modelOf(productKey),
        behaviours: settings.behaviours,
        intervalMs: settings.intervalSec * 1000,
        qos: settings.qos,
        connectPerSec: settings.connectPerSec,
        seed: settings.seed,
        transport: settings.transport,
        hashesTrace: this.#context.hashesTrace,
        ...mannersOf(settings),
        network: settings.network,
        misbehaviour: settings.misbehaviour,
        subDevices: await bringSubDevices(this.#context, entry.row),
      })
      entry.running = running
      entry.state = 'running'
      entry.startedAt = this.#context.clock.now()
      running.onStatus((stats, cells) => {
        entry.stats = stats
        entry.cells = cells
        this.#changed(entry)
      })
      running.onFailed((problem) => {
        entry.running = null
        entry.state = 'failed'
        entry.problem = problem
        this.#context.log.error('a fleet failed', { fleetId, problem })
        this.#changed(entry)
      })
      await this.#save(entry, true)
    }
    catch (error) {
      entry.state = 'failed'
      entry.problem = error instanceof Error
        ? error.message
        : String(error)
      this.#changed(entry)
      throw error instanceof AppError
        ? error
        : new AppError('fleet/failed', `The fleet could not start: ${entry.problem}`, { fleetId })
    }
    this.#changed(entry)
    return this.#present(entry)
  }

  /** Makes devices of a running fleet do something. AppError fleet/not-running for a fleet that does not run. */
  steer(fleetId: string, ranges: IndexRanges, steering: Steering): void {
    const { row, running } = this.#entry(fleetId)
    if (!running)
      throw new AppError('fleet/not-running', `The fleet ${row.settings.name} does not run; its devices can be told something once it does.`, { fleetId })
    running.steer(ranges, steering)
  }

  /** Disconnects the devices; with `drain` they report no more first and wait for what is under way. */
  async stop(fleetId: string, drain = false): Promise<Fleet> {
    const entry = this.#entry(fleetId)
    // A busy store takes its time; the devices do not wait for it.
    await Promise.all([this.#halt(entry, drain), this.#save(entry, false)])
    return this.#present(entry)
  }

  async #halt(entry: Entry, drain = false): Promise<void> {
    if (!entry.running)
      return
    entry.state = 'stopping'
    this.#changed(entry)
    const { running } = entry
    await (drain ? running.finish() : running.stop())
    entry.traceHash = running.traceHash()
    entry.figures = running.figures()
    entry.running = null
    entry.state = 'stopped'
    entry.startedAt = null
    entry.stats = {
      ...entry.stats,
      connected: 0,
      connecting: 0,
      publishedPerSec: 0,
      memoryBytes: 0,
      processes: 0,
      cpuPercents: [],
      queue: { bytes: 0, mostBytes: 0, fullDevices: 0 },
    }
    entry.cells = new Uint8Array(entry.row.settings.count)
    this.#changed(entry)
  }

  async delete(fleetId: string): Promise<void> {
    const entry = this.#entry(fleetId)
    await this.#halt(entry)
    await this.#context.store.write([{ statement: deleteFleet, params: [fleetId] }])
    await this.#context.targets.forget(fleetId)
    this.#entries.delete(fleetId)
    this.#changed(entry)
  }

  /** The names of a fleet's devices in their order. */
  deviceNames(fleetId: string): Promise<string[]> {
    return this.#context.targets.namesOf(this.#entry(fleetId).row)
  }

  get secretKeeper(): SecretPlace {
    return this.#context.targets.kept('').keeper
  }

  /** Tries the way of a device; see `fleet.testTarget`. AppError fleet/running for a fleet that runs, whose device would be kicked out. */
  testTarget({ fleetId, ...wish }: Omit<TargetWish, 'fleet'> & { fleetId?: string | undefined }): Promise<ConnectionTest> {
    const entry = fleetId === undefined ? undefined : this.#entry(fleetId)
    if (entry?.running)
      throw new AppError('fleet/running', `The fleet ${entry.row.settings.name} runs; the way to its broker can be tried once it is stopped, because its first device logs in for it.`, { fleetId: entry.row.fleetId })
    return testTarget(this.#context.targets, this.#context.clock, { ...wish, fleet: entry?.row })
  }

  /** What the devices of a fleet did about updates; nothing while it does not run. */
  async updates(fleetId: string, ask: UpdateAccountsAsk): Promise<UpdateAccounts> {
    return await this.#entry(fleetId).running?.updates(ask) ?? { accounts: [], total: 0 }
  }

  /** The figures of fleets, each since the start of its latest run. */
  figures(fleetIds: readonly string[]): ProcessStatus[] {
    return fleetIds.map(id => this.#entry(id)).flatMap(({ running, figures }) => running?.figures() ?? figures ?? [])
  }

  /** What simulated devices know of messages: the ends of their way. */
  async ends(asks: EndAsk[]): Promise<(EndAnswer | null)[]> {
    const answers = await Promise.all([...this.#entries.values()].map(({ running, row }) => isHere(row) ? running?.ends(asks) ?? [] : []))
    return asks.map((_, at) => answers.find(answer => answer[at])?.[at] ?? null)
  }

  /** Starts what ran when the workspace was last closed; a fleet that cannot start says why on its page. */
  async resume(): Promise<void> {
    for (const entry of this.#entries.values()) {
      if (entry.row.running) {
        await this.start(entry.row.fleetId).catch(error => this.#context.log.warn('a fleet was not resumed', {
          error: String(error),
        }))
      }
    }
  }

  /** Tells the fleet that the platform kicked one of its devices: it stays away while the other one is there. */
  kicked(productKey: string, deviceName: string): void {
    for (const running of this.#runningWith(productKey, deviceName))
      running.kicked(deviceName)
  }

  /** Whether a running fleet has such a device. */
  plays(productKey: string, deviceName: string): boolean {
    return this.#runningWith(productKey, deviceName).length > 0
  }

  /** Whoever had taken the identity of a device is gone: the fleet's own takes its place again. */
  left(productKey: string, deviceName: string): void {
    for (const running of this.#runningWith(productKey, deviceName))
      running.wake(deviceName)
  }

  /** Lets running fleets report by a product's new thing model. */
  modelReplaced(productKey: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.running && entry.row.productKey === productKey)
        entry.running.update({ model: this.#context.modelOf(productKey) })
      if (entry.running && entry.row.settings.conversation.subDevices?.productKey === productKey)
        void bringSubDevices(this.#context, entry.row).then(subDevices => entry.running?.update({ subDevices }), error => this.#context.log.warn('sub-devices could not be changed', { error: String(error) }))
    }
  }

  /** Calls back on every change of one fleet until the signal aborts. */
  watch(fleetId: string, signal: AbortSignal, changed: () => void): void {
    const { watchers } = this.#entry(fleetId)
    watchers.add(changed)
    signal.addEventListener('abort', () => watchers.delete(changed))
  }

  /** What a watcher sees; the cells only when they differ from `shown`. */
  live(fleetId: string, shown: Uint8Array | null): FleetLive {
    const entry = this.#entry(fleetId)
    return entry.cells === shown
      ? {
          fleet: this.#present(entry),
        }
      : {
          fleet: this.#present(entry),
          cells: entry.cells,
        }
  }

  /** Stops every fleet without forgetting that it ran. */
  async close(): Promise<void> {
    await Promise.all([
      ...this.#entries.values(),
    ].map(entry => this.#halt(entry)))
  }

  /** Lets a running fleet take a change of its settings, which are the entry's by now. */
  async #apply({ row, running }: Entry, change: FleetSettingsChange, bringsOthers: boolean): Promise<void> {
    running?.update({
      ...changeForRunning(row.settings, change),
      ...change.count !== undefined && { devices: await this.#context.targets.devicesOf(row) },
      ...bringsOthers && { subDevices: await bringSubDevices(this.#context, row) },
    })
  }

  /** Throws AppError fleet/running when a fleet that runs would report elsewhere, and what `FleetTargets.check` throws. */
  async #retarget({ row, running }: Entry, settings: FleetSettings, secrets: TargetSecrets): Promise<void> {
    const isOther = JSON.stringify(settings.target) !== JSON.stringify(row.settings.target) || Object.keys(secrets).length > 0
    if (running && isOther)
      throw new AppError('fleet/running', `The fleet ${row.settings.name} runs; where it reports can be changed once it is stopped.`, { fleetId: row.fleetId })
    await this.#context.targets.check({ ...row, settings }, secrets)
    await this.#context.targets.keep(row.fleetId, settings.target, secrets)
  }

  #runningWith(productKey: string, deviceName: string): RunningFleet[] {
    return [...this.#entries.values()].flatMap(({ running, row }) => running && isHere(row) && row.productKey === productKey && deviceName.startsWith(`${row.prefix}-`) ? [running] : [])
  }

  #entry(fleetId: string): Entry {
    const entry = this.#entries.get(fleetId)
    if (!entry)
      throw new AppError('fleet/not-found', `There is no fleet ${fleetId} in this workspace.`, { fleetId })
    return entry
  }

  #present({ row, state, problem, startedAt, stats, traceHash }: Entry): Fleet {
    const { fleetId, productKey, prefix, settings } = row
    return { ...settings, fleetId, productKey, prefix, state, problem, startedAt, stats, secrets: this.#context.targets.kept(fleetId), traceHash }
  }

  #changed(entry: Entry): void {
    entry.watchers.forEach(changed => changed())
  }

  async #save(entry: Entry, running = entry.row.running): Promise<void> {
    entry.row = { ...entry.row, running }
    const { fleetId, productKey, prefix, settings, createdAt } = entry.row
    await this.#context.store.write([
      {
        statement: upsertFleet,
        params: [
          fleetId,
          productKey,
          prefix,
          JSON.stringify(settings),
          running ? 1 : 0,
          createdAt,
        ],
      },
    ])
  }
}

function newEntry(row: FleetRow): Entry {
  return {
    row,
    state: 'stopped',
    problem: null,
    startedAt: null,
    stats: emptyFleetStats(),
    cells: new Uint8Array(row.settings.count),
    figures: null,
    running: null,
    traceHash: null,
    watchers: new Set(),
  }
}

/** Whether a fleet's devices are those of this platform. */
function isHere({ settings: { target } }: FleetRow): boolean {
  return target.kind === 'local'
}
