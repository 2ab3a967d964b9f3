import type { BatchTask, TaskStep } from '../shared/contract/batch.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import type { TaskState } from '../shared/ota/task.ts'
import type { ValueKind } from './option.ts'
import { AppError } from '../shared/errors.ts'
import { finalStates, taskStates } from '../shared/ota/task.ts'
import { command, UsageError } from './command.ts'
import { oneLine } from './one-line.ts'
import { anyText, flag, jsonOption, optional } from './option.ts'
import { words } from './ota-batch-options.ts'
import { batchWord, plain } from './ota-batch.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** Tasks of one answer of the engine. */
const tasksPerCall = 1_000

const stateWords: ValueKind<TaskState[]> = {
  expected: `one or more of ${taskStates.join(', ')} with commas between them`,
  read: (text) => {
    const found = (words.read(text) ?? []).map(word => taskStates.find(state => state === word.toUpperCase()))
    return found.length > 0 && found.every(state => state !== undefined) ? found : undefined
  },
}
const tasksOption = optional(words, { about: 'Only these updates, as ota batch tasks shows them.', placeholder: 'TASK_IDS' })

/** `thingbench ota batch tasks ID`. */
export const otaBatchTasks = command({
  path: ['ota', 'batch', 'tasks'],
  about: 'List the updates of the devices of a batch, oldest first.',
  positionals: [batchWord],
  options: {
    state: optional(stateWords, { about: 'Only those in these states.', placeholder: 'STATES' }),
    device: optional(anyText, { about: 'Only those of devices with this in their name.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench ota batch tasks 3kT8vXq2LmZp9RwYc6HsNd --state FAILED --json'],
  async run({ state = [], device = '', workspace, json }, [batchId = ''], output) {
    await withWorkspace({ workspace }, async (client) => {
      for (let offset = 0; ;) {
        const { tasks, total } = await client.call('batch.tasks', { batchId, states: state, search: device, offset, limit: tasksPerCall })
        tasks.forEach(task => json ? output.json(plain(task)) : output.line(describeTask(task)))
        offset += tasks.length
        if (tasks.length === 0 || offset >= total || !output.wanted())
          break
      }
    })
    return 0
  },
})

/** `thingbench ota batch timeline TASK`. */
export const otaBatchTimeline = command({
  path: ['ota', 'batch', 'timeline'],
  about: 'Tell what happened to the update of a device, step by step.',
  positionals: [{ name: 'TASK_ID', about: 'The update, as ota batch tasks shows it.' }],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch timeline 17'],
  async run({ workspace, json }, [taskId = ''], output) {
    const { task, steps } = await withWorkspace({ workspace }, client => client.call('batch.timeline', { taskId }))
    if (json) {
      steps.forEach(step => output.json(plain(step)))
      return 0
    }
    output.note(describeTask(task))
    steps.forEach(step => output.line(describeStep(step)))
    return 0
  },
})

/** What of a batch can be cancelled, as words. */
const parts = { 'policy': 'policy', 'scheduled': 'scheduled', 'unconfirmed': 'unconfirmed', 'queued': 'queued', 'notified': 'notified', 'in-progress': 'inProgress' } as const
type Part = keyof typeof parts

const partWords: ValueKind<Part[]> = {
  expected: `one or more of ${Object.keys(parts).join(', ')} with commas between them`,
  read: (text) => {
    const found = (words.read(text) ?? []).map(word => (Object.keys(parts) as Part[]).find(part => part === word))
    return found.length > 0 && found.every(part => part !== undefined) ? found : undefined
  },
}

/** `thingbench ota batch cancel ID`. */
export const otaBatchCancel = command({
  path: ['ota', 'batch', 'cancel'],
  about: 'Cancel a batch: its updates that no device has begun, and of a dynamic one the search for more devices.',
  positionals: [batchWord],
  options: {
    'in-progress': flag('Also updates that devices are at.'),
    'only': optional(partWords, { about: 'Only this of it.', placeholder: 'WHAT' }),
    'tasks': tasksOption,
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: [
    'thingbench ota batch cancel 3kT8vXq2LmZp9RwYc6HsNd --in-progress',
    'thingbench ota batch cancel 3kT8vXq2LmZp9RwYc6HsNd --only policy',
    'thingbench ota batch cancel 3kT8vXq2LmZp9RwYc6HsNd --tasks 17,18',
  ],
  async run({ 'in-progress': inProgress, only, tasks, workspace, json }, [batchId = ''], output) {
    if (only !== undefined && (tasks !== undefined || inProgress))
      throw new UsageError('--only goes neither with --tasks nor with --in-progress.')
    const { cancelled } = await withWorkspace({ workspace }, async (client) => {
      const { dynamic } = await client.call('batch.get', { batchId })
      if (tasks !== undefined) {
        await requireOfBatch(client, batchId, tasks)
        return client.call('batch.cancelTasks', { taskIds: tasks, inProgress })
      }
      const chosen: Part[] = only ?? ['scheduled', 'unconfirmed', 'queued', 'notified', ...dynamic ? ['policy'] as const : [], ...inProgress ? ['in-progress'] as const : []]
      return client.call('batch.cancel', { batchId, ...Object.fromEntries(chosen.map(part => [parts[part], true])) })
    })
    if (json)
      output.json({ batchId, cancelled })
    else
      output.line(`Cancelled ${updates(cancelled)}.`)
    return 0
  },
})

/** `thingbench ota batch confirm ID`. */
export const otaBatchConfirm = command({
  path: ['ota', 'batch', 'confirm'],
  about: 'Confirm the updates of a batch that wait for it, as an app does for the owner of a device.',
  positionals: [batchWord],
  options: { tasks: tasksOption, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch confirm 3kT8vXq2LmZp9RwYc6HsNd', 'thingbench ota batch confirm 3kT8vXq2LmZp9RwYc6HsNd --tasks 17'],
  async run({ tasks, workspace, json }, [batchId = ''], output) {
    const { confirmed } = await withWorkspace({ workspace }, async (client) => {
      if (tasks === undefined)
        return client.call('batch.confirm', { batchId })
      await requireOfBatch(client, batchId, tasks)
      return client.call('batch.confirm', { taskIds: tasks })
    })
    if (json)
      output.json({ batchId, confirmed })
    else
      output.line(`Confirmed ${updates(confirmed)}.`)
    return confirmed === 0 ? 1 : 0
  },
})

/** `thingbench ota batch retry ID`. */
export const otaBatchRetry = command({
  path: ['ota', 'batch', 'retry'],
  about: 'Let the failed updates of a batch begin anew.',
  positionals: [batchWord],
  options: {
    tasks: tasksOption,
    cancelled: flag('Also the cancelled ones.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench ota batch retry 3kT8vXq2LmZp9RwYc6HsNd', 'thingbench ota batch retry 3kT8vXq2LmZp9RwYc6HsNd --tasks 17,18'],
  async run({ tasks, cancelled, workspace, json }, [batchId = ''], output) {
    if (tasks !== undefined && cancelled)
      throw new UsageError('--cancelled does not go with --tasks, which may have been cancelled anyway.')
    const { queued } = await withWorkspace({ workspace }, client => client.call('batch.retry', { batchId, ...tasks === undefined ? { states: cancelled ? ['FAILED', 'CANCELED'] : ['FAILED'] } : { taskIds: tasks } }))
    if (json)
      output.json({ batchId, queued })
    else
      output.line(`${updates(queued)} begin${queued === 1 ? 's' : ''} anew.`)
    return queued === 0 ? 1 : 0
  },
})

/** A slip in a number must not touch another batch. Throws AppError ota/task-not-found. */
async function requireOfBatch(client: ApiClient, batchId: string, taskIds: readonly string[]): Promise<void> {
  for (const taskId of taskIds) {
    const { task } = await client.call('batch.timeline', { taskId })
    if (task.batchId !== batchId)
      throw new AppError('ota/task-not-found', `The batch ${batchId} has no update ${taskId}.`, { batchId, taskId })
  }
}

function updates(count: number): string {
  return count === 1 ? '1 update' : `${count} updates`
}

const waits = { turn: 'for its turn', device: 'for the device', schedule: 'for the start', request: 'to be asked for', pause: 'for the end of the pause' }

function describeTask({ taskId, deviceName, state, waitsFor, sourceVersion, targetVersion, percent, retries, retryAt, remark }: BatchTask): string {
  const isOver = finalStates.includes(state)
  return [
    `${taskId}  ${deviceName}  ${state}${waitsFor === null ? '' : ` (waits ${waits[waitsFor]})`}  ${sourceVersion ?? '?'} to ${targetVersion}`,
    ...state === 'IN_PROGRESS' ? [`${percent} %`] : [],
    ...retries === 0 ? [] : [`${retries} ${retries === 1 ? 'retry' : 'retries'}${retryAt === null || isOver ? '' : `, next ${new Date(retryAt).toISOString()}`}`],
    ...remark === '' ? [] : [oneLine(remark)],
  ].join('  ')
}

function describeStep({ at, event, state, remark, traceId }: TaskStep): string {
  return `${new Date(at).toISOString()}  ${oneLine(event)}  ${state}${remark === '' ? '' : `  ${oneLine(remark)}`}${traceId === null ? '' : `  (message ${traceId})`}`
}
