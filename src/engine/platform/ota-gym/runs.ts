import type { Clock } from '../../../shared/clock.ts'
import type { Batch, BatchTask } from '../../../shared/contract/batch.ts'
import type { EngineApi, MethodInput, MethodName, MethodOutput } from '../../../shared/contract/contract.ts'
import type { UpdateAccount, UpdateConduct, UpdateEnding } from '../../../shared/contract/fleet-updates.ts'
import type { Fleet } from '../../../shared/contract/fleet.ts'
import type { GymCell, GymRow, GymRun, GymSummary } from '../../../shared/contract/ota-gym.ts'
import type { EndPolicy } from '../../../shared/ota/expected-end.ts'
import type { Store } from '../../store/types.ts'
import { methods as contract } from '../../../shared/contract/contract.ts'
import { fleetDeviceName } from '../../../shared/contract/fleet.ts'
import { limits } from '../../../shared/limits.ts'
import { judgeEnd } from '../../../shared/ota/expected-end.ts'
import { countAtVersion, insertRun, selectRuns } from './rows.ts'

export interface GymRunsContext {
  clock: Clock
  store: Pick<Store, 'read' | 'write' | 'flush'>
  /** Of the whole engine: a run is made of what the page can do too. */
  methods: () => EngineApi['methods']
  /** Which ending a simulated device takes: the same that it draws itself. */
  drawEnding: (endings: UpdateConduct['endings'], seed: number, deviceName: string, update: { module: string, version: string }) => UpdateEnding
}

/** Runs that are kept in memory; older ones are not listed. */
const runsMax = 1_000
/** Tasks read in one go. */
const tasksAtOnce = 10_000
/** How long a table is good for another page of it. */
const freshMs = 1_000
/** How long after a device's last step the platform has heard of it for certain. */
const heardMs = 3_000

interface Table { at: number, summary: GymSummary, rows: GymRow[] }

/** Batches over simulated devices, and tables of what became of them. */
export class GymRuns {
  readonly #context: GymRunsContext
  readonly #runs = new Map<string, GymRun>()
  readonly #tables = new Map<string, Promise<Table>>()

  private constructor(context: GymRunsContext) {
    this.#context = context
  }

  static async open(context: GymRunsContext): Promise<GymRuns> {
    const runs = new GymRuns(context)
    for (const run of await context.store.read(selectRuns, [runsMax]))
      runs.#runs.set(run.batchId, run)
    return runs
  }

  /** Newest first. */
  all(): GymRun[] {
    return [...this.#runs.values()].reverse()
  }

  async add(run: GymRun): Promise<void> {
    await this.#context.store.write([{ statement: insertRun, params: [run.batchId, run.startedAt, JSON.stringify(run)] }])
    this.#runs.set(run.batchId, run)
  }

  /** How many devices of these names have reported this version of a module last. */
  async countAtVersion(productKey: string, deviceNames: readonly string[], module: string, version: string): Promise<number> {
    const { store } = this.#context
    await store.flush()
    const [count = 0] = await store.read(countAtVersion, [productKey, module, version, JSON.stringify(deviceNames)])
    return count
  }

  /** Calls a method of the engine as the page does. */
  call<M extends MethodName>(name: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    const { signal } = new AbortController()
    const handler = this.#context.methods()[name] as (params: unknown, context: { signal: AbortSignal }) => Promise<MethodOutput<M>> | MethodOutput<M>
    return Promise.resolve(handler(contract[name].input.parse(input), { signal }))
  }

  /** What became of the simulated devices of a batch; at most a second old. Throws AppError ota/batch-not-found. */
  async table(batchId: string): Promise<Table> {
    const now = this.#context.clock.now()
    const known = await this.#tables.get(batchId)?.catch(() => undefined)
    if (known !== undefined && now - known.at < freshMs && now >= known.at)
      return known
    const composing = this.#compose(batchId)
    // Only the newest: nobody looks at many runs at a time.
    this.#tables.clear()
    this.#tables.set(batchId, composing)
    return composing
  }

  async #compose(batchId: string): Promise<Table> {
    const { clock } = this.#context
    const batch = await this.call('batch.get', { batchId })
    const run = this.#runs.get(batchId) ?? null
    const { endingOf, accounts } = await this.#devices(batch, run)
    const policy = policyOf(batch)
    const now = clock.now()
    const rows: GymRow[] = []
    let otherDevices = 0
    for (const task of await this.#tasks(batchId)) {
      const account = accounts.get(task.deviceName) ?? null
      const ending = account?.ending ?? endingOf(task.deviceName)
      if (ending === undefined)
        otherDevices += 1
      else
        rows.push(toRow(task, ending, account, policy, now))
    }
    const verdicts = { expected: 0, open: 0, different: 0 }
    for (const { verdict } of rows)
      verdicts[verdict] += 1
    return { at: now, rows, summary: { batch, run, cells: countCells(rows), verdicts, otherDevices } }
  }

  /** The fleets of a batch: what their devices did, and which ending each takes; undefined for a device of none. */
  async #devices(batch: Batch, run: GymRun | null): Promise<{ accounts: Map<string, UpdateAccount>, endingOf: (deviceName: string) => UpdateEnding | undefined }> {
    const { module, targetVersion } = batch
    const fleets = (await this.call('fleet.list', {})).filter(({ fleetId, productKey, target }) => run === null ? productKey === batch.productKey && target.kind === 'local' : fleetId === run.fleetId)
    const accounts = new Map<string, UpdateAccount>()
    const fleetOf = new Map<string, Pick<Fleet, 'seed'> & Pick<UpdateConduct, 'endings'>>()
    for (const { fleetId, prefix, count, seed, updates } of fleets) {
      const drawn = run ?? { seed, endings: updates.endings }
      for (let index = 0; index < count; index++)
        fleetOf.set(fleetDeviceName(prefix, index), drawn)
      for (const account of await this.#accounts(fleetId)) {
        if (account.toVersion === targetVersion && account.module.toLowerCase() === module.toLowerCase())
          accounts.set(account.deviceName, account)
      }
    }
    return {
      accounts,
      endingOf: (deviceName) => {
        const drawn = fleetOf.get(deviceName)
        return drawn && this.#context.drawEnding(drawn.endings, drawn.seed, deviceName, { module, version: targetVersion })
      },
    }
  }

  async #accounts(fleetId: string): Promise<UpdateAccount[]> {
    const found: UpdateAccount[] = []
    for (;;) {
      const { accounts, total } = await this.call('fleet.updates', { fleetId, offset: found.length, limit: limits.updateAccountsPerPageMax })
      found.push(...accounts)
      if (accounts.length === 0 || found.length >= total)
        return found
    }
  }

  async #tasks(batchId: string): Promise<BatchTask[]> {
    const found: BatchTask[] = []
    for (;;) {
      const { tasks, total } = await this.call('batch.tasks', { batchId, offset: found.length, limit: tasksAtOnce })
      found.push(...tasks)
      if (tasks.length === 0 || found.length >= total)
        return found
    }
  }
}

function policyOf({ pushes, retryMinutes, retriesMax, timeoutMinutes, needsConfirmation }: Batch): EndPolicy {
  return {
    pushes,
    retryIntervalMs: retryMinutes === null ? null : retryMinutes * 60_000,
    retriesMax,
    timeoutMs: timeoutMinutes === null ? null : timeoutMinutes * 60_000,
    needsConfirmation,
  }
}

function toRow({ taskId, deviceName, state, cause, remark, retries, retryAt, percent }: BatchTask, ending: UpdateEnding, account: UpdateAccount | null, policy: EndPolicy, now: number): GymRow {
  const judged = judgeEnd(ending, { state, cause, retries, retryAt }, policy, { isDone: account !== null && isDone(account, now), isLate: account !== null && isLate(account, policy) })
  return { taskId, deviceName, ending, account, state, cause, remark, retries, retryAt, percent, ...judged }
}

/** Whether a device will do nothing more by itself, and the platform must have heard of all it did. */
function isDone({ ending, stage, steps }: UpdateAccount, now: number): boolean {
  const last = steps.at(-1)
  const rests = stage === 'ended' || (ending === 'neverStarts' && stage === 'told') || last?.what === 'stalled'
  return rests && (last === undefined || now - last.at >= heardMs)
}

/** Whether a device did something after the clock of its task had run out. */
function isLate({ steps }: UpdateAccount, { timeoutMs }: EndPolicy): boolean {
  const first = steps.find(({ what }) => what.startsWith('progress '))
  return timeoutMs !== null && first !== undefined && steps.at(-1)!.at >= first.at + timeoutMs
}

function countCells(rows: readonly GymRow[]): GymCell[] {
  const cells = new Map<string, GymCell>()
  for (const { ending, state, cause, verdict } of rows) {
    const key = `${ending} ${state} ${cause} ${verdict}`
    const cell = cells.get(key)
    if (cell === undefined)
      cells.set(key, { ending, state, cause, verdict, count: 1 })
    else
      cell.count += 1
  }
  return [...cells.values()]
}
