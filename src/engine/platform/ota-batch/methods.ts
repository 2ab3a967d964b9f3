import type { Clock } from '../../../shared/clock.ts'
import type { Batch, BatchSpec, BatchTask } from '../../../shared/contract/batch.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { TaskState } from '../../../shared/ota/task.ts'
import type { Store } from '../../store/types.ts'
import type { NameLists } from './name-lists.ts'
import type { Rollouts } from './rollouts.ts'
import type { TaskMaker } from './task-maker.ts'
import type { BatchDevice, BatchPackage, BatchRow, LiveBatch, PackageSource, TaskRow } from './types.ts'
import { AppError } from '../../../shared/errors.ts'
import { pump } from '../../../shared/feed.ts'
import { deadlineOf, isUnfinished } from '../../../shared/ota/task.ts'
import { moduleVersions } from './module-versions.ts'
import { previewBatch } from './preview.ts'
import { batchParams, insertNames, reasonKey, selectBatchesOfDevice, selectEndedIds, selectEvents, selectReasons, selectTasks, taskQueries, upsertBatch } from './rows.ts'
import { checkChange, checkNewBatch, checkRetry, isLive, isOpen } from './rules.ts'

export interface BatchMethodContext {
  clock: Clock
  store: Pick<Store, 'read' | 'write' | 'flush'>
  rollouts: Rollouts
  maker: TaskMaker
  lists: NameLists
  packages: PackageSource
  applyLimits: () => boolean
  makeBatchId: () => string
  lookup: (productKey: string, deviceName: string) => BatchDevice | undefined
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => BatchDevice
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => BatchDevice | undefined
  devicesOf: (productKey: string) => Iterable<BatchDevice>
  /** The devices of a group and its sub-groups. Throws AppError group/not-found. */
  devicesOfGroup: (group: string) => Promise<ReadonlySet<number>>
}

export type BatchMethod = Extract<keyof EngineApi['methods'], `batch.${string}`>
export type BatchStream = Extract<keyof EngineApi['streams'], `batch.${string}`>

/** Tasks read at a time for a large page. */
const rowsAtOnce = 1_000
/** Tasks that begin anew in one go, so that many do not fill the writer's queue. */
const retriesAtOnce = 2_000
/** Names in an error; there may be a million wrong ones. */
const namesToldMax = 1_000

/** What the page, the command line and the API can do with batches of updates. */
export function batchMethodHandlers(context: BatchMethodContext): Pick<EngineApi['methods'], BatchMethod> {
  const { store, rollouts, maker } = context
  const present = (batch: LiveBatch): Batch => presentBatch(batch, rollouts)
  return {
    'batch.create': async spec => present(await createBatch(spec, context)),
    'batch.preview': spec => previewBatch(spec, context, namesOf(spec, context)),
    'batch.list': async ({ packageId, productKey, deviceName, offset, limit }) => {
      const ofDevice = deviceName === undefined ? null : await batchesOfDevice(context, productKey!, deviceName)
      const batches = rollouts.all().reverse().filter(batch => (packageId === undefined || batch.packageId === packageId)
        && (productKey === undefined || batch.productKey === productKey) && (ofDevice?.has(batch.batchId) ?? true))
      return { batches: batches.slice(offset, offset + limit).map(present), total: batches.length }
    },
    'batch.get': ({ batchId }) => present(rollouts.get(batchId)),
    'batch.tasks': async ({ batchId, device, packageId, states, reason, search, newestFirst, offset, limit }) => {
      const keys = [
        ...(packageId === undefined ? [] : [context.packages.packageOf(packageId).packageId]),
        ...(batchId === undefined ? [] : [rollouts.get(batchId).batchId]),
        ...(device === undefined ? [] : [context.requireDevice(device.productKey, device.deviceName).deviceId]),
      ]
      const isOfBatch = device === undefined && packageId === undefined
      const query = taskQueries[packageId !== undefined ? 'package' : batchId === undefined ? 'device' : !isOfBatch ? 'both' : states.length === 1 ? 'state' : 'batch']
      await store.flush()
      const filter = [...keys, isOfBatch && states.length === 1 ? states[0]! : between(states), reason === undefined ? '' : reasonKey(reason), search, search]
      const total = isOfBatch && reason === undefined && search === '' ? countOf(rollouts.get(batchId!), states) : (await store.read(query.count, filter))[0] ?? 0
      const tasks: BatchTask[] = []
      for (let found = 0, wanted = 0; found === wanted && tasks.length < limit;) {
        wanted = Math.min(rowsAtOnce, limit - tasks.length)
        const rows = await store.read(newestFirst ? query.newest : query.oldest, [...filter, wanted, offset + tasks.length])
        found = rows.length
        tasks.push(...rows.map(row => presentTask(row, context)))
      }
      return { tasks, total }
    },
    'batch.timeline': async ({ taskId }) => {
      await store.flush()
      const task = await rollouts.tasks.read(Number(taskId))
      if (task === undefined)
        throw new AppError('ota/task-not-found', `There is no update task ${taskId}.`, { taskId })
      const steps = await store.read(selectEvents, [task.taskId])
      return { task: presentTask(task, context), steps: steps.map(({ at, event, state, remark, traceId }) => ({ at, event, state, remark, traceId })) }
    },
    'batch.reasons': async ({ batchId, limit }) => {
      await store.flush()
      const reasons = await store.read(selectReasons, [rollouts.get(batchId).batchId])
      return { reasons: reasons.slice(0, limit), others: reasons.slice(limit).reduce((sum, { count }) => sum + count, 0) }
    },
    'batch.pause': async ({ batchId }) => {
      const batch = rollouts.get(batchId)
      if (!isLive(batch))
        throw new AppError('ota/batch-refused', 'Only a batch that is under way can be paused.', { batchId })
      rollouts.pause(batch)
      await store.flush()
      return present(batch)
    },
    'batch.resume': async ({ batchId }) => {
      const batch = rollouts.get(batchId)
      rollouts.proceed(batch)
      await store.flush()
      return present(batch)
    },
    'batch.update': async ({ batchId, ...change }) => {
      const batch = rollouts.get(batchId)
      checkChange(batch, change, context.applyLimits())
      const { spec } = batch
      const added = (change.sourceVersions ?? []).filter(version => !spec.sourceVersions.includes(version))
      rollouts.respec(batch, {
        ...spec,
        rate: change.rate ?? spec.rate,
        tags: change.tags ?? spec.tags,
        timeoutMinutes: change.timeoutMinutes === undefined ? spec.timeoutMinutes : change.timeoutMinutes,
        sourceVersions: change.sourceVersions ?? spec.sourceVersions,
      })
      if (added.length > 0)
        await maker.addVersions(batch, added)
      await store.flush()
      return present(batch)
    },
    'batch.cancel': async ({ batchId, policy, ...choice }) => {
      const batch = rollouts.get(batchId)
      if (policy && !batch.spec.dynamic)
        throw new AppError('ota/batch-refused', 'Only a dynamic batch has something to end beside its tasks.', { batchId })
      return { cancelled: await cancelBatch(rollouts, batch, policy, choice) }
    },
    'batch.cancelTasks': async ({ taskIds, inProgress }) => {
      let cancelled = 0
      await rollouts.inTurns(new Set(taskIds.flatMap(taskId => rollouts.tasks.byId(Number(taskId)) ?? [])), (task) => {
        if (!isUnfinished(task))
          return
        rollouts.apply(task, { kind: 'cancelled', evenInProgress: inProgress })
        cancelled += isUnfinished(task) ? 0 : 1
      })
      return { cancelled }
    },
    'batch.confirm': async ({ taskIds, batchId }) => {
      const named = batchId === undefined ? taskIds!.flatMap(taskId => rollouts.tasks.byId(Number(taskId)) ?? []) : [...rollouts.tasks.ofBatch(rollouts.get(batchId).batchId)]
      let confirmed = 0
      await rollouts.inTurns(new Set(named), (task) => {
        if (task.state !== 'CONFIRM')
          return false
        confirmed += 1
        return rollouts.happen(task, { kind: 'confirmed' })
      })
      return { confirmed }
    },
    'batch.retry': async ({ batchId, taskIds, states, reason }) => {
      const batch = rollouts.get(batchId)
      await store.flush()
      const ids = taskIds?.map(Number) ?? await store.read(selectEndedIds, [batchId, between(states ?? []), reason === undefined ? '' : reasonKey(reason)])
      return { queued: await retryTasks(context, batch, ids) }
    },
  }
}

/** The batch and its counts, whenever they change. */
export function batchStreamHandlers({ clock, rollouts }: Pick<BatchMethodContext, 'clock' | 'rollouts'>): Pick<EngineApi['streams'], BatchStream> {
  return {
    'batch.watch': async ({ batchId }, subscriber) => {
      const batch = rollouts.get(batchId)
      let isChanged = true
      rollouts.changed.listen(subscriber.signal, (changed) => {
        isChanged ||= changed === batchId
      })
      const take = (): Batch | undefined => {
        if (!isChanged)
          return undefined
        isChanged = false
        return presentBatch(batch, rollouts)
      }
      await pump(clock, subscriber, { take }, 250)
    },
  }
}

/** States as the queries of tasks take them. */
function between(states: readonly TaskState[]): string {
  return states.length === 0 ? '' : ` ${states.join(' ')} `
}

async function createBatch(spec: BatchSpec, context: BatchMethodContext): Promise<LiveBatch> {
  const { rollouts, maker, store, packages, lists } = context
  const pack = packages.packageOf(spec.packageId)
  const check = (): void => checkNewBatch(spec, pack, { now: rollouts.now(), others: rollouts.all(), applyLimits: context.applyLimits() })
  check()
  const names = namesOf(spec, context)
  const row = toRow(spec, pack, names, context.makeBatchId(), rollouts.now())
  using listening = maker.listen(row)
  const chosen = spec.newlyReportedOnly ? [] : await maker.candidates(row, { names })
  if (chosen.length === 0 && (spec.kind === 'verify' || spec.scope.kind === 'phased'))
    throw new AppError('ota/batch-refused', 'No device would get a task: none fulfils the conditions, or the percentage of them is less than one.', { field: 'scope' })
  // Another batch may have come into being meanwhile.
  check()
  const batch = rollouts.add(row)
  maker.watch(batch, names)
  try {
    await store.write([
      { statement: upsertBatch, params: batchParams(batch) },
      ...(names === null ? [] : [{ statement: insertNames, params: [batch.batchId, JSON.stringify([...names])] }]),
    ])
  }
  catch (error) {
    rollouts.drop(batch.batchId)
    throw error
  }
  if (spec.scope.kind === 'list')
    lists.drop(spec.scope.namesId)
  rollouts.schedule(batch)
  await maker.make(batch, chosen, listening.fresh)
  return batch
}

/** Tasks of a batch in some states, or in any. */
function countOf({ counts }: LiveBatch, states: readonly TaskState[]): number {
  return Object.entries(counts).reduce((sum, [state, count]) => states.length === 0 || states.includes(state as TaskState) ? sum + count : sum, 0)
}

/** The devices that a batch is to name; null when it does not. Throws AppError ota/batch-refused or ota/names-not-found. */
function namesOf({ packageId, scope }: BatchSpec, context: BatchMethodContext): ReadonlySet<string> | null {
  const pack = context.packages.packageOf(packageId)
  if (scope.kind === 'named')
    return requireNames(scope.deviceNames, pack, context)
  if (scope.kind !== 'list')
    return null
  const list = context.lists.get(scope.namesId)
  if (!list.isWhole || list.productKey !== pack.productKey || list.names.size === 0)
    throw new AppError('ota/batch-refused', 'The list of device names has not come in whole, is for another product, or names none of its devices.', { field: 'scope' })
  return list.names
}

function requireNames(deviceNames: readonly string[], { productKey }: BatchPackage, { lookup }: BatchMethodContext): Set<string> {
  const unknown = deviceNames.filter(deviceName => lookup(productKey, deviceName) === undefined)
  if (unknown.length > 0)
    throw new AppError('ota/batch-refused', `${unknown.length} of the named devices do not exist, the first one is ${unknown[0]}.`, { unknownCount: unknown.length, unknown: unknown.slice(0, namesToldMax), field: 'scope' })
  return new Set(deviceNames)
}

function toRow({ scope, ...spec }: BatchSpec, { packageId, productKey, module, targetVersion, sourceVersion }: BatchPackage, names: ReadonlySet<string> | null, batchId: string, now: number): BatchRow {
  return {
    batchId,
    packageId,
    productKey,
    module,
    targetVersion,
    spec: {
      ...spec,
      scope: scope.kind === 'named' || scope.kind === 'list' ? { kind: 'named', deviceCount: names?.size ?? 0 } : scope,
      differentialFrom: sourceVersion,
    },
    state: spec.startAt === null ? 'IN_PROGRESS' : 'PLANNED',
    selecting: true,
    createdAt: now,
    startedAt: spec.startAt === null ? now : null,
    endedAt: null,
    pausedAt: null,
    modifiedAt: now,
  }
}

interface CancelChoice { scheduled: boolean, unconfirmed: boolean, queued: boolean, notified: boolean, inProgress: boolean }

/** Cancels what is chosen of a batch (OTA-131 to OTA-134); resolves with the number of tasks once that is on disk. */
async function cancelBatch(rollouts: Rollouts, batch: LiveBatch, policy: boolean, choice: CancelChoice): Promise<number> {
  const isPlanned = batch.state === 'PLANNED'
  const isChosen = ({ state }: TaskRow): boolean => (state === 'CONFIRM' && choice.unconfirmed)
    || (state === 'QUEUED' && (isPlanned ? choice.scheduled : choice.queued))
    || (state === 'NOTIFIED' && choice.notified)
    || (state === 'IN_PROGRESS' && choice.inProgress)
  const tasks = [...rollouts.tasks.ofBatch(batch.batchId)]
  const chosen = tasks.filter(isChosen)
  // Of a static batch nothing is left then but what devices are at already; it ends with them.
  const isEmptied = !batch.spec.dynamic && isOpen(batch) && (chosen.length > 0 || (isPlanned && choice.scheduled)) && tasks.every(task => isChosen(task) || task.state === 'IN_PROGRESS')
  chosen.forEach(task => batch.waiting.delete(task))
  if (isEmptied) {
    batch.spec = { ...batch.spec, isCancelled: true }
    rollouts.save(batch)
  }
  if ((isEmptied && isPlanned) || (policy && isOpen(batch)))
    rollouts.end(batch, 'CANCELED')
  let cancelled = 0
  await rollouts.inTurns(chosen, (task) => {
    // It may have gone on meanwhile.
    if (!isChosen(task))
      return false
    cancelled += 1
    return rollouts.apply(task, { kind: 'cancelled', evenInProgress: true })
  })
  return cancelled
}

async function retryTasks({ store, rollouts, maker, packages, deviceOf }: BatchMethodContext, batch: LiveBatch, taskIds: readonly number[]): Promise<number> {
  packages.packageOf(batch.packageId)
  checkRetry(batch, rollouts.now(), rollouts.all())
  let queued = 0
  // The pause of a batch that was over is over too.
  if (!isLive(batch))
    batch.pausedAt = null
  const versions = await moduleVersions(store, batch)
  for (let from = 0; from < taskIds.length; from += retriesAtOnce) {
    const rows = await store.read(selectTasks, [JSON.stringify(taskIds.slice(from, from + retriesAtOnce))])
    await rollouts.inTurns(rows, (task) => {
      const device = deviceOf(task.deviceId)
      if (task.batchId !== batch.batchId || (task.state !== 'FAILED' && task.state !== 'CANCELED') || !device || device.deletedAt !== null)
        return false
      const version = versions.get(task.deviceId)?.version ?? null
      // It may have been asked for twice, or the device has got another task of the batch.
      if (version === task.targetVersion || rollouts.tasks.ofDevice(task.deviceId).some(other => other.batchId === batch.batchId) || !maker.revive(task, version))
        return false
      queued += 1
      return rollouts.reopen(batch)
    })
  }
  await store.flush()
  return queued
}

async function batchesOfDevice({ store, requireDevice }: BatchMethodContext, productKey: string, deviceName: string): Promise<Set<string>> {
  const { deviceId } = requireDevice(productKey, deviceName)
  await store.flush()
  return new Set(await store.read(selectBatchesOfDevice, [deviceId]))
}

function presentBatch(batch: LiveBatch, rollouts: Rollouts): Batch {
  const { batchId, packageId, productKey, module, targetVersion, state, selecting, counts, createdAt, startedAt, endedAt, modifiedAt, waiting } = batch
  const { differentialFrom, isCancelled: _, ...spec } = batch.spec
  const rate = rollouts.rateOf(batch)
  return {
    ...spec,
    sourceVersions: differentialFrom === null ? spec.sourceVersions : [differentialFrom],
    batchId,
    packageId,
    productKey,
    module,
    targetVersion,
    state,
    selecting,
    counts: { ...counts },
    createdAt,
    startedAt,
    endedAt,
    modifiedAt,
    ratePerMinute: Number.isFinite(rate) ? rate : null,
    notified: rollouts.tasks.tallyOf(batchId).notified,
    waitingForTurn: waiting.size,
    pausedAt: isLive(batch) ? batch.pausedAt : null,
  }
}

function presentTask(task: TaskRow, { rollouts, deviceOf }: Pick<BatchMethodContext, 'rollouts' | 'deviceOf'>): BatchTask {
  const batch = rollouts.get(task.batchId)
  const { packageId, productKey } = batch
  const device = deviceOf(task.deviceId)
  const { batchId, module, state, sourceVersion, targetVersion, percent, cause, remark, retries, retryAt, createdAt, modifiedAt } = task
  return {
    taskId: String(task.taskId),
    batchId,
    packageId,
    productKey,
    deviceName: device?.deviceName ?? '',
    iotId: device?.iotId ?? '',
    module,
    state,
    waitsFor: state === 'QUEUED' ? whatFor(batch, device?.online ?? false) : null,
    sourceVersion,
    targetVersion,
    percent,
    cause,
    remark,
    retries,
    retryAt,
    deadlineAt: deadlineOf(task, rollouts.policyOf(task)),
    createdAt,
    modifiedAt,
  }
}

/** What a task waits for that is to be pushed (OTA-102). */
function whatFor({ state, pausedAt, spec }: LiveBatch, isOnline: boolean): BatchTask['waitsFor'] {
  if (state === 'PLANNED')
    return 'schedule'
  if (pausedAt !== null)
    return 'pause'
  if (!spec.pushes)
    return 'request'
  return isOnline ? 'turn' : 'device'
}
