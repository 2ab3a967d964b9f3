/** The states of an update task as the API names them (platform rule OTA-101). */
export const taskStates = ['CONFIRM', 'QUEUED', 'NOTIFIED', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const
export type TaskState = (typeof taskStates)[number]

/** The states that no event changes (OTA-103). */
export const finalStates: readonly TaskState[] = ['SUCCEEDED', 'FAILED', 'CANCELED']

/** Why a task failed, as the statistics count it (OTA-123). */
export const failureCauses = ['conflict', 'progress', 'version', 'timeout'] as const
export type FailureCause = (typeof failureCauses)[number]

/** The update of one device in one batch. */
export interface OtaTask {
  state: TaskState
  /** The version that the module of the device had when the task was made, or reported first since; null when it never reported one. */
  sourceVersion: string | null
  targetVersion: string
  /** Percent of the last progress report; 0 before the first. */
  percent: number
  /** When the device reported progress first: the clock of the timeout starts there and never again (OTA-59). Epoch milliseconds. */
  startedAt: number | null
  /** Failures that were tried again, and when the next try is due. */
  retries: number
  retryAt: number | null
  /** Of a failed task: its cause. */
  cause: FailureCause | null
  /** What the device or the platform said last: the text of a failure, why it was cancelled … */
  remark: string
}

/** What a batch says about how its tasks go on. */
export interface TaskPolicy {
  /** The platform sends the notice; otherwise the device has to ask (OTA-46). */
  pushes: boolean
  /** Milliseconds from a failure to the next try; null: no retry (OTA-54). */
  retryIntervalMs: number | null
  /** OTA-55. */
  retriesMax: number
  /** Milliseconds from the first progress report; null: no limit (OTA-59). */
  timeoutMs: number | null
}

/** What can happen to a task, in the order of the rulebook's table (OTA-104); `at` is epoch milliseconds. */
export type TaskEvent
  = | { kind: 'confirmed' }
    | { kind: 'online' }
    | { kind: 'offline' }
    /** The notice was handed to the device's session, or acknowledged (A-5). */
    | { kind: 'pushed' }
    /** The device asked after the start of the schedule, or `early`. */
    | { kind: 'asked', early: boolean }
    | { kind: 'progress', step: number, description: string, at: number }
    | { kind: 'version', version: string, at: number }
    | { kind: 'clock', at: number }
    | { kind: 'overridden' }
    /** By the user; `evenInProgress` when that was chosen (OTA-131 to OTA-134). */
    | { kind: 'cancelled', evenInProgress: boolean }
    | { kind: 'scheduleEnded' }
    | { kind: 'deviceDeleted' }
    | { kind: 'packageDeleted' }

/** What the platform has to do because of an event. */
export type TaskEffect
  = | 'none'
    /** The event does not fit the state: it is logged and changes nothing. */
    | 'log'
    /** Send the notice, when the device is online. */
    | 'push'
    /** Answer the device's question with the package and a fresh URL. */
    | 'answer'
    /** Answer it with empty data. */
    | 'answer-nothing'

export interface TaskOutcome { task: OtaTask, effect: TaskEffect }

/** What a negative step of a progress report means (OTA-117). */
export const stepFailures: Readonly<Record<number, string>> = {
  [-1]: 'The update failed',
  [-2]: 'The download failed',
  [-3]: 'The verification of the file failed',
  [-4]: 'Writing the file failed',
}

/** A task as it begins: waiting for the app when that has to confirm, otherwise for its push (OTA-89, OTA-91). */
export function newTask({ sourceVersion, targetVersion, needsConfirmation }: Pick<OtaTask, 'sourceVersion' | 'targetVersion'> & { needsConfirmation: boolean }): OtaTask {
  return {
    state: needsConfirmation ? 'CONFIRM' : 'QUEUED',
    sourceVersion,
    targetVersion,
    percent: 0,
    startedAt: null,
    retries: 0,
    retryAt: null,
    cause: null,
    remark: '',
  }
}

/** True when the task may still change. */
export function isUnfinished({ state }: Pick<OtaTask, 'state'>): boolean {
  return !finalStates.includes(state)
}

/**
 * What an event makes of a task: the transition table of the platform (rule OTA-104), with the recommended readings where the
 * manuals are silent. Pure: the same task, event and policy always give the same outcome.
 */
export function advance(task: OtaTask, event: TaskEvent, policy: TaskPolicy): TaskOutcome {
  if (!isUnfinished(task))
    return { task, effect: event.kind === 'asked' ? 'answer-nothing' : event.kind === 'progress' ? 'log' : 'none' }
  switch (event.kind) {
    case 'confirmed':
      return task.state === 'CONFIRM' ? { task: { ...task, state: 'QUEUED' }, effect: policy.pushes ? 'push' : 'none' } : stay(task)
    case 'online':
      // A task that was not pushed yet waits for its turn in the push rate; what was pushed is pushed again (rows 4).
      return { task, effect: policy.pushes && wasNotified(task) && task.retryAt === null ? 'push' : 'none' }
    case 'offline':
      return stay(task)
    case 'pushed':
      return task.state === 'QUEUED' ? { task: { ...task, state: 'NOTIFIED' }, effect: 'none' } : stay(task)
    case 'asked':
      return asked(task, event.early)
    case 'progress':
      return progressed(task, event, policy)
    case 'version':
      return reported(task, event, policy)
    case 'clock':
      return clocked(task, event.at, policy)
    case 'overridden':
      return task.state === 'IN_PROGRESS' ? stay(task) : cancel(task, 'A newer batch took its place.')
    case 'cancelled':
      return task.state === 'IN_PROGRESS' && !event.evenInProgress ? stay(task) : cancel(task, 'Cancelled by the user.')
    case 'scheduleEnded':
      return task.state === 'IN_PROGRESS' ? stay(task) : cancel(task, 'The schedule of the batch ended.')
    case 'packageDeleted':
      return task.state === 'IN_PROGRESS' ? stay(task) : cancel(task, 'The update package was deleted.')
    case 'deviceDeleted':
      return cancel(task, 'The device was deleted.')
  }
}

function stay(task: OtaTask): TaskOutcome {
  return { task, effect: 'none' }
}

function wasNotified({ state }: OtaTask): boolean {
  return state === 'NOTIFIED' || state === 'IN_PROGRESS'
}

function cancel(task: OtaTask, remark: string): TaskOutcome {
  return { task: { ...task, state: 'CANCELED', retryAt: null, remark }, effect: 'none' }
}

function asked(task: OtaTask, early: boolean): TaskOutcome {
  if (early || task.state === 'CONFIRM')
    return { task, effect: 'answer-nothing' }
  return { task: task.state === 'QUEUED' ? { ...task, state: 'NOTIFIED' } : task, effect: 'answer' }
}

function progressed(task: OtaTask, { step, description, at }: { step: number, description: string, at: number }, policy: TaskPolicy): TaskOutcome {
  // Progress of a task that was not given to the device yet is that of an older one (A-5).
  if (!wasNotified(task))
    return { task, effect: 'log' }
  if (step < 0) {
    const what = stepFailures[step] ?? 'The update failed'
    return failOrRetry(task, 'progress', `${what} (${step})${description === '' ? '' : `: ${description}`}.`, at, policy)
  }
  return { task: { ...task, state: 'IN_PROGRESS', percent: step, startedAt: task.startedAt ?? at }, effect: 'none' }
}

function reported(task: OtaTask, { version, at }: { version: string, at: number }, policy: TaskPolicy): TaskOutcome {
  if (version === task.targetVersion) {
    const remark = wasNotified(task) ? '' : 'The device had the version before it was told.'
    return { task: { ...task, state: 'SUCCEEDED', percent: 100, retryAt: null, remark }, effect: 'none' }
  }
  if (task.sourceVersion === null)
    return stay({ ...task, sourceVersion: version })
  if (version === task.sourceVersion)
    return stay(task)
  if (task.state !== 'IN_PROGRESS')
    return { task, effect: 'log' }
  return failOrRetry(task, 'version', `The device reported version ${version}, which is neither ${task.sourceVersion} nor ${task.targetVersion}.`, at, policy)
}

function failOrRetry(task: OtaTask, cause: FailureCause, remark: string, at: number, { retryIntervalMs, retriesMax }: TaskPolicy): TaskOutcome {
  if (retryIntervalMs === null || task.retries >= retriesMax)
    return { task: { ...task, state: 'FAILED', cause, retryAt: null, remark }, effect: 'none' }
  // The state that is shown does not change while a retry is waited for (OTA-105), nor does the clock (OTA-128).
  return { task: { ...task, retries: task.retries + 1, retryAt: at + retryIntervalMs, remark }, effect: 'none' }
}

function clocked(task: OtaTask, at: number, policy: TaskPolicy): TaskOutcome {
  const deadline = deadlineOf(task, policy)
  if (deadline !== null && at >= deadline)
    return { task: { ...task, state: 'FAILED', cause: 'timeout', retryAt: null, remark: `The device did not report version ${task.targetVersion} in time.` }, effect: 'none' }
  if (task.retryAt !== null && at >= task.retryAt)
    return { task: { ...task, retryAt: null }, effect: policy.pushes ? 'push' : 'none' }
  return stay(task)
}

/** When the clock of a task runs out; null while it has none (OTA-60). */
export function deadlineOf(task: Pick<OtaTask, 'state' | 'startedAt'>, { timeoutMs }: Pick<TaskPolicy, 'timeoutMs'>): number | null {
  return task.state !== 'IN_PROGRESS' || task.startedAt === null || timeoutMs === null ? null : task.startedAt + timeoutMs
}

/** When a task wants to be looked at next; null: not before something happens to it. */
export function nextLook(task: OtaTask, policy: TaskPolicy): number | null {
  if (!isUnfinished(task))
    return null
  const times = [task.retryAt, deadlineOf(task, policy)].filter(at => at !== null)
  return times.length === 0 ? null : Math.min(...times)
}
