import type { Announcer } from '../../../shared/feed.ts'
import type { Log } from '../../../shared/log.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { Rollouts } from './rollouts.ts'
import type { Candidate, Conditions } from './selection.ts'
import type { Step } from './task-book.ts'
import type { BatchDevice, BatchRow, LiveBatch, TaskRow, Watch } from './types.ts'
import { setImmediate } from 'node:timers/promises'
import { AppError, toErrorValue } from '../../../shared/errors.ts'
import { settle } from '../../../shared/ota/conflict.ts'
import { newTask } from '../../../shared/ota/task.ts'
import { moduleVersions } from './module-versions.ts'
import { isSame } from './rollouts.ts'
import { selectMatches, selectNames } from './rows.ts'
import { isOpen, isWatching } from './rules.ts'
import { devicesPerTurn, fulfils, phase } from './selection.ts'
import { inTurns } from './turns.ts'

export interface TaskMakerContext {
  store: Pick<Store, 'read' | 'flush'>
  log: Log
  rollouts: Rollouts
  applyLimits: () => boolean
  devicesOf: (productKey: string) => Iterable<BatchDevice>
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => BatchDevice | undefined
  /** The devices of a group and its sub-groups. Throws AppError group/not-found. */
  devicesOfGroup: (group: string) => Promise<ReadonlySet<number>>
  /** Whether a device is in a static group or its sub-groups now; null: the group is a dynamic one, and it takes a while to find out. */
  isInGroup: (group: string, deviceId: number) => boolean | null
  /** Says when devices were put into groups or taken out of them, or groups were changed or deleted. */
  groupsChanged: Announcer<void>
}

/** How often the group of a dynamic batch is looked at, and how soon after something has happened. */
const groupEveryMs = 60_000
const groupSoonMs = 1_000
/** Platform rule: a dynamic batch can match one device so often (OTA-35). */
const matchesMax = 10

/** Versions that devices report while a selection is being made, which the rows it reads may not have yet. */
interface Selection { batchId: string, productKey: string, module: string, fresh: Map<number, string> }

/** Whom a batch may take, beside its conditions; null or left out: no matter. */
interface Whom {
  /** The devices that it names. */
  names?: ReadonlySet<string> | null
  /** Only these. */
  among?: ReadonlySet<number>
  /** They have a task of the batch; they count for the percentage of a phased one, and nobody does who came after it was made. */
  done?: ReadonlySet<number>
}

/** Decides which devices get a task: at once for those that are there, and for a dynamic batch whenever something happens. */
export class TaskMaker {
  readonly #context: TaskMakerContext
  readonly #selections = new Set<Selection>()
  /** Dynamic batches whose group is being looked at. */
  readonly #looking = new Set<LiveBatch>()
  readonly #closing = new AbortController()

  constructor(context: TaskMakerContext) {
    this.#context = context
    context.rollouts.onGroupDue = batch => void this.#lookAtGroup(batch)
    context.groupsChanged.listen(this.#closing.signal, () => this.#lookSoon(() => true, 0))
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  close(): void {
    this.#closing.abort()
  }

  /** The devices that would get a task of a batch by now, in the order in which they are told. */
  async candidates(batch: BatchRow, { names = null, among, done }: Whom = {}): Promise<Candidate[]> {
    const { devicesOf, devicesOfGroup } = this.#context
    const { dynamic, scope, newlyReportedOnly } = batch.spec
    const inGroup = scope.kind === 'group' ? await devicesOfGroup(scope.group) : null
    const versions = await moduleVersions(this.#context.store, batch)
    const conditions = conditionsOf(batch)
    const found: Candidate[] = []
    let looked = 0
    for (const { deviceId, deviceName, createdAt } of devicesOf(batch.productKey)) {
      if (++looked % devicesPerTurn === 0)
        await setImmediate()
      const { version, reportedAt } = versions.get(deviceId) ?? { version: null, reportedAt: 0 }
      const isMeant = (names?.has(deviceName) ?? true) && (inGroup?.has(deviceId) ?? true) && (among?.has(deviceId) ?? true)
      const isLate = newlyReportedOnly ? reportedAt < batch.createdAt : done !== undefined && !dynamic && createdAt > batch.createdAt
      if (done?.has(deviceId) || (isMeant && !isLate && fulfils(conditions, version)))
        found.push({ deviceId, deviceName, version })
    }
    const chosen = scope.kind === 'phased' ? await phase(found, scope.percent, batch.batchId, setImmediate) : found
    return done === undefined ? chosen : chosen.filter(({ deviceId }) => !done.has(deviceId))
  }

  /** Notes the versions that devices report meanwhile, until it is disposed of. */
  listen({ batchId, productKey, module }: Pick<BatchRow, 'batchId' | 'productKey' | 'module'>): { fresh: ReadonlyMap<number, string> } & Disposable {
    const selection: Selection = { batchId, productKey, module, fresh: new Map() }
    this.#selections.add(selection)
    return { fresh: selection.fresh, [Symbol.dispose]: () => void this.#selections.delete(selection) }
  }

  /** Makes the tasks of a batch and ends its selection; done when they are on disk. */
  async make(batch: LiveBatch, chosen: readonly Candidate[], fresh: ReadonlyMap<number, string>): Promise<void> {
    const { rollouts, store } = this.#context
    const conditions = conditionsOf(batch)
    await inTurns(chosen, ({ deviceId, version: earlier }) => {
      const version = fresh.get(deviceId) ?? earlier
      const device = this.#context.deviceOf(deviceId)
      if (!device || device.deletedAt !== null || batch.watch?.matches.has(deviceId) || !fulfils(conditions, version) || !isOpen(batch))
        return false
      return this.#makeTask(batch, device, version)
    }, { store, isOver: () => this.#isClosed })
    if (this.#isClosed)
      return
    batch.selecting = false
    rollouts.save(batch)
    this.#matchFresh(batch, fresh)
    this.#lookSoon(one => one === batch, 0)
    rollouts.verified(batch)
    rollouts.settle(batch)
    await store.flush()
  }

  /** What was reported while a dynamic batch came into being, and does not stand among its first devices. */
  #matchFresh(batch: LiveBatch, fresh: ReadonlyMap<number, string>): void {
    if (batch.watch === null)
      return
    for (const [deviceId, version] of fresh) {
      const device = this.#context.deviceOf(deviceId)
      if (device && !batch.watch.matches.has(deviceId))
        this.#match(device, batch.module, version, batch)
    }
  }

  /** Begins to look for devices for a dynamic batch. */
  watch(batch: LiveBatch, names: ReadonlySet<string> | null, matches: Watch['matches'] = new Map()): void {
    if (!isWatching(batch))
      return
    batch.watch = { names, matches, inside: null }
    if (batch.spec.scope.kind === 'group')
      this.#context.rollouts.lookAtGroup(batch, this.#context.rollouts.now() + groupSoonMs)
  }

  /** Goes on with batches whose devices were not all chosen when the engine ended, and with looking for more. */
  async resume(): Promise<void> {
    const { rollouts, store, log } = this.#context
    for (const batch of rollouts.all()) {
      if (!isWatching(batch) && !batch.selecting)
        continue
      const [stored] = batch.spec.scope.kind === 'named' ? await store.read(selectNames, [batch.batchId]) : []
      const names = stored ? new Set(stored) : null
      const rows = await store.read(selectMatches, [batch.batchId])
      this.watch(batch, names, new Map(rows.map(({ deviceId, count, lastFailed }) => [deviceId, { count, lastFailed }])))
      if (batch.selecting)
        this.#finish(batch, names).catch(error => log.warn('the devices of a batch could not be chosen; the next start tries again', { ...toErrorValue(error) }))
    }
  }

  async #finish(batch: LiveBatch, names: ReadonlySet<string> | null): Promise<void> {
    const { store } = this.#context
    using listening = this.listen(batch)
    const done = new Set((await store.read(selectMatches, [batch.batchId])).map(({ deviceId }) => deviceId))
    await this.make(batch, await this.candidates(batch, { names, done }), listening.fresh)
    // Its planned end may have come while the engine was not running, or before all were chosen.
    this.#context.rollouts.schedule(batch)
  }

  /** Adds the devices that have one of these versions by now to a dynamic batch (OTA-69). */
  async addVersions(batch: LiveBatch, versions: readonly string[]): Promise<void> {
    const { store, rollouts } = this.#context
    // Until all are looked at, so that a start in between goes on with it.
    batch.selecting = true
    rollouts.save(batch)
    const listening = this.listen(batch)
    try {
      const candidates = await this.candidates(batch, { names: batch.watch?.names ?? null })
      await inTurns(candidates, ({ deviceId, version: earlier }) => {
        const version = listening.fresh.get(deviceId) ?? earlier
        const device = this.#context.deviceOf(deviceId)
        return device !== undefined && device.deletedAt === null && version !== null && versions.includes(version) && this.#match(device, batch.module, version, batch) !== undefined
      }, { store, isOver: () => this.#isClosed })
    }
    finally {
      listening[Symbol.dispose]()
      if (!this.#isClosed && ![...this.#selections].some(({ batchId }) => batchId === batch.batchId)) {
        batch.selecting = false
        rollouts.save(batch)
      }
    }
  }

  /** A device has reported a version: dynamic batches look at it. */
  onVersion(device: FeatureDevice, { module, version }: { module: string, version: string }): Step['note'] {
    for (const selection of this.#selections) {
      if (selection.productKey === device.productKey && isSame(selection.module, module))
        selection.fresh.set(device.deviceId, version)
    }
    this.#soon(device.productKey)
    return this.#match(device, module, version) ?? (() => {})
  }

  /** A device was activated; batches that ask for no version take it at once. */
  onActivated(device: FeatureDevice): void {
    this.#soon(device.productKey)
    const modules = new Set(this.#context.rollouts.all().filter(batch => isWatching(batch) && batch.productKey === device.productKey).map(({ module }) => module))
    for (const module of modules)
      this.#match(device, module, null)
  }

  /** Has the groups of a product's dynamic batches looked at. */
  #soon(productKey: string): void {
    this.#lookSoon(batch => batch.productKey === productKey, groupSoonMs)
  }

  #lookSoon(isMeant: (batch: LiveBatch) => boolean, inMs: number): void {
    const { rollouts } = this.#context
    for (const batch of this.#watching()) {
      if (batch.spec.scope.kind === 'group' && isMeant(batch))
        rollouts.lookAtGroup(batch, rollouts.now() + inMs)
    }
  }

  #watching(): LiveBatch[] {
    return this.#context.rollouts.all().filter(isWatching)
  }

  /** Gives a device a task of the dynamic batch that takes it, when that is `only` or nothing is said. */
  #match(device: FeatureDevice, module: string, version: string | null, only?: LiveBatch): Step['note'] | undefined {
    const batch = this.#winner(device, module, version)
    if (batch === undefined || (only !== undefined && batch !== only))
      return undefined
    const isGroup = batch.spec.scope.kind === 'group'
    if (!isGroup && this.#context.applyLimits() && (batch.watch?.matches.get(device.deviceId)?.count ?? 0) >= matchesMax)
      return undefined
    if (this.#context.rollouts.tasks.ofDevice(device.deviceId).some(task => task.batchId === batch.batchId))
      return undefined
    return this.#makeTask(batch, device, version)
  }

  /** The dynamic batch that takes a device: the newest; with several modules at once, the newest by group before others (OTA-72). */
  #winner({ deviceId, deviceName, productKey }: FeatureDevice, module: string, version: string | null): LiveBatch | undefined {
    const { isInGroup } = this.#context
    const matching = this.#watching().filter((batch) => {
      const { watch, spec } = batch
      const { scope } = spec
      return batch.productKey === productKey && isSame(batch.module, module) && watch !== null
        && (scope.kind !== 'named' || watch.names?.has(deviceName)) && (scope.kind !== 'group' || (isInGroup(scope.group, deviceId) ?? watch.inside?.has(deviceId)))
        && (version !== null || !spec.newlyReportedOnly) && fulfils(conditionsOf(batch), version)
    })
    return matching.findLast(({ spec }) => spec.severalModules && spec.scope.kind === 'group') ?? matching.at(-1)
  }

  /** Makes a task, and settles with the unfinished ones of the device (OTA-85). */
  #makeTask(batch: LiveBatch, device: FeatureDevice, sourceVersion: string | null): Step['note'] {
    const { rollouts, applyLimits } = this.#context
    const { spec, batchId, module, targetVersion, watch } = batch
    const older = [...rollouts.tasks.ofDevice(device.deviceId)]
    const { starts, cancelled } = settle(module.toLowerCase(), older.map(task => ({ module: task.module.toLowerCase(), state: task.state })), spec, applyLimits())
    for (const index of cancelled)
      rollouts.apply(older[index]!, { kind: 'overridden' })
    const begun = newTask({ sourceVersion, targetVersion, needsConfirmation: spec.needsConfirmation })
    const failed = { ...begun, state: 'FAILED', cause: 'conflict', remark: 'The device has an earlier update that has not ended.' } as const
    const { task, note } = rollouts.tasks.add({
      ...(starts ? begun : failed),
      batchId,
      deviceId: device.deviceId,
      module,
      timeoutMs: spec.timeoutMinutes === null ? null : spec.timeoutMinutes * 60_000,
      notifiedAt: null,
      createdAt: rollouts.now(),
    })
    if (watch !== null)
      watch.matches.set(device.deviceId, { count: (watch.matches.get(device.deviceId)?.count ?? 0) + 1, lastFailed: !starts })
    rollouts.changed.announce(batchId)
    if (starts)
      rollouts.enqueue(task)
    return note
  }

  /** Starts a failed or cancelled task anew, when no other one of the device stands in its way. */
  revive(task: TaskRow, sourceVersion: string | null): boolean {
    const { rollouts, applyLimits } = this.#context
    const { spec } = rollouts.get(task.batchId)
    const older = [...rollouts.tasks.ofDevice(task.deviceId)]
    const { starts, cancelled } = settle(task.module.toLowerCase(), older.map(one => ({ module: one.module.toLowerCase(), state: one.state })), spec, applyLimits())
    if (!starts)
      return false
    for (const index of cancelled)
      rollouts.apply(older[index]!, { kind: 'overridden' })
    const fresh = newTask({ sourceVersion, targetVersion: task.targetVersion, needsConfirmation: spec.needsConfirmation })
    rollouts.enqueue(rollouts.tasks.revive(task, fresh, rollouts.now()))
    rollouts.changed.announce(task.batchId)
    return true
  }

  /** Gives tasks to devices that have joined the group of a dynamic batch, and again to those that left it after a failure (OTA-79, OTA-80). */
  async #lookAtGroup(batch: LiveBatch): Promise<void> {
    const { rollouts, devicesOfGroup, store, log } = this.#context
    const { watch, spec: { scope } } = batch
    if (this.#isClosed || watch === null || scope.kind !== 'group')
      return
    if (batch.selecting || this.#looking.has(batch))
      return rollouts.lookAtGroup(batch, rollouts.now() + groupSoonMs)
    this.#looking.add(batch)
    const before = watch.inside
    try {
      using listening = this.listen(batch)
      const members = await devicesOfGroup(scope.group)
      const joined = new Set([...members].filter(deviceId => !before?.has(deviceId)))
      watch.inside = members
      const candidates = joined.size === 0 ? [] : await this.candidates(batch, { among: joined })
      await inTurns(candidates, ({ deviceId, version }) => {
        const match = watch.matches.get(deviceId)
        const device = this.#context.deviceOf(deviceId)
        const isNew = match === undefined || (match.lastFailed && before !== null)
        return isNew && device !== undefined && device.deletedAt === null && this.#match(device, batch.module, listening.fresh.get(deviceId) ?? version, batch) !== undefined
      }, { store, isOver: () => this.#isClosed })
    }
    catch (error) {
      // The group was deleted: no new device comes through it, and what there is goes on (OTA-81).
      watch.inside = error instanceof AppError && error.code === 'group/not-found' ? new Set() : before
      log.debug('the group of a dynamic batch could not be looked at', { ...toErrorValue(error) })
    }
    finally {
      this.#looking.delete(batch)
      if (!this.#isClosed && batch.watch !== null)
        rollouts.lookAtGroup(batch, rollouts.now() + groupEveryMs)
    }
  }
}

/** What a device has to fulfil for a batch. */
export function conditionsOf({ spec, targetVersion }: Pick<BatchRow, 'spec' | 'targetVersion'>): Conditions {
  return { sourceVersions: spec.sourceVersions, differentialFrom: spec.differentialFrom, targetVersion, named: spec.scope.kind === 'named' }
}
