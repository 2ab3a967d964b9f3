import type { Batch, BatchTask } from '../../../shared/contract/batch.ts'
import type { TaskState } from '../../../shared/ota/task.ts'
import type { Action, ActionContext } from '../action.ts'
import { finalStates, taskStates } from '../../../shared/ota/task.ts'
import { action, deviceAction } from '../action.ts'
import { pageCounts, pageOf, paging, rangeOf, utcTime } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { required, text, texts } from '../parameter.ts'
import { productsByKey } from '../product-names.ts'
import { requirePackage } from './ota-packages.ts'

const openStates = taskStates.filter(state => !finalStates.includes(state))
/** The contract's largest page, for answers that have none. */
const pageMax = 10_000

const jobId = required(text('The batch.'))
const taskIds = required(texts('The updates, as the lists have them.'))
const fields = { batchId: 'JobId', taskIds: 'TaskId', packageId: 'FirmwareId', deviceName: 'DeviceName' }
const inBoth = { DestVersion: 's', DeviceName: 's', FirmwareId: 's', IotId: 's', JobId: 's', ProductKey: 's', ProductName: 's', SrcVersion: 's', TaskId: 's', TaskStatus: 's', UtcCreate: 's', UtcModified: 's' } as const

/** The updates of single devices. */
export const otaTaskActions: Action[] = [
  action({
    name: 'ListOTATaskByJob',
    group: 'ota',
    about: 'The updates of the devices of a batch, oldest first.',
    parameters: {
      JobId: jobId,
      TaskStatus: text('Only those in this state.', { oneOf: taskStates }),
      DeviceNames: texts('Only those of these devices.', { max: 100 }),
      ...paging({ max: 100 }),
    },
    answer: { CurrentPage: 'i', Data: { SimpleOTATaskInfo: [{ ...inBoth, Progress: 's', TaskDesc: 's', Timeout: 's' }] }, PageCount: 'i', PageSize: 'i', Total: 'i' },
    fields,
    async run({ JobId, TaskStatus, DeviceNames, ...page }, { call }) {
      const batch = await call('batch.get', { batchId: JobId })
      const states = TaskStatus === undefined ? [] : [TaskStatus as TaskState]
      const { tasks, total } = DeviceNames === undefined
        ? await call('batch.tasks', { batchId: JobId, states, ...rangeOf(page) })
        : await tasksOfDevices(DeviceNames, states, batch, page, call)
      const products = await productsByKey(call)
      const infos = tasks.map(task => ({
        ...briefly(task, products.get(task.productKey)?.name),
        Progress: String(task.percent),
        TaskDesc: task.remark,
        Timeout: batch.timeoutMinutes === null ? undefined : String(batch.timeoutMinutes),
      }))
      return { CurrentPage: page.CurrentPage, Data: { SimpleOTATaskInfo: infos }, ...pageCounts(page, total) }
    },
  }),
  deviceAction({
    name: 'ListOTAUnfinishedTaskByDevice',
    group: 'ota',
    about: 'The updates of a device that have not ended, for an app that asks whether to begin them.',
    parameters: {
      ModuleName: text('Only those of this module.'),
      TaskStatus: text('Only those in this state.', { oneOf: openStates }),
      TaskStatusList: texts('Only those in one of these states; wins over TaskStatus.'),
    },
    answer: { Data: { SimpleOTATaskInfo: [{ ...inBoth, ModuleName: 's' }] } },
    fields: { ...fields, states: 'TaskStatusList' },
    async run({ ModuleName, TaskStatus, TaskStatusList }, { call, device: { productKey, deviceName } }) {
      const asked = TaskStatusList ?? (TaskStatus === undefined ? openStates : [TaskStatus])
      const states = openStates.filter(state => asked.includes(state))
      if (states.length < new Set(asked).size)
        throw new ApiFailure('iot.common.InvalidParameter', `The parameter TaskStatusList is not valid: expected ${openStates.join(', ')}, got ${JSON.stringify(asked.join(', ').slice(0, 80))}.`)
      const { tasks } = await call('batch.tasks', { device: { productKey, deviceName }, states, limit: pageMax })
      const products = await productsByKey(call)
      const infos = tasks.filter(({ module }) => ModuleName === undefined || module.toLowerCase() === ModuleName.toLowerCase())
        .map(task => ({ ...briefly(task, products.get(task.productKey)?.name), ModuleName: task.module }))
      return { Data: { SimpleOTATaskInfo: infos } }
    },
  }),
  action({
    name: 'ConfirmOTATask',
    group: 'ota',
    about: 'Confirms up to 10 updates that wait for it; it fails when none of them does.',
    parameters: { TaskId: { ...taskIds, max: 10 } },
    answer: {},
    fields,
    async run({ TaskId }, { call }) {
      const { confirmed } = await call('batch.confirm', { taskIds: TaskId })
      if (confirmed === 0)
        throw new ApiFailure('iot.ota.NoTaskToConfirm', 'None of the updates waits to be confirmed.')
      return {}
    },
  }),
  action({
    name: 'ReupgradeOTATask',
    group: 'ota',
    about: 'Lets failed and cancelled updates of a batch begin anew; it fails when none of them can.',
    parameters: { JobId: jobId, TaskId: taskIds },
    answer: {},
    fields,
    async run({ JobId, TaskId }, { call }) {
      const { queued } = await call('batch.retry', { batchId: JobId, taskIds: TaskId })
      if (queued === 0)
        throw new ApiFailure('iot.ota.NoTaskToReupgrade', 'None of the updates has failed or was cancelled, or their devices have the version or are at another update.')
      return {}
    },
  }),
  action({
    name: 'CancelOTATaskByDevice',
    group: 'ota',
    about: 'Cancels the updates with a package of up to 200 devices, in one batch or all; also those that devices are at.',
    parameters: {
      FirmwareId: required(text('The update package.')),
      ProductKey: required(text('The product of the devices.')),
      DeviceName: required(texts('The devices.', { max: 200 })),
      JobId: text('Only those of this batch.'),
    },
    answer: {},
    fields,
    async run({ FirmwareId, ProductKey, DeviceName, JobId }, { call }) {
      await requirePackage(FirmwareId, ProductKey, call)
      const found: BatchTask[] = []
      for (const deviceName of new Set(DeviceName)) {
        const device = { productKey: ProductKey, deviceName }
        found.push(...(await call('batch.tasks', { device, ...JobId === undefined ? {} : { batchId: JobId }, states: openStates, limit: pageMax })).tasks)
      }
      const chosen = found.filter(({ packageId }) => packageId === FirmwareId).map(({ taskId }) => taskId)
      if (chosen.length > 0)
        await call('batch.cancelTasks', { taskIds: chosen, inProgress: true })
      return {}
    },
  }),
]

/** The tasks of some devices in a batch; each has few of them. Throws AppError device/not-found. */
async function tasksOfDevices(deviceNames: readonly string[], states: TaskState[], { batchId, productKey }: Batch, page: { CurrentPage: number, PageSize: number }, call: ActionContext['call']): Promise<{ tasks: BatchTask[], total: number }> {
  const all: BatchTask[] = []
  for (const deviceName of new Set(deviceNames))
    all.push(...(await call('batch.tasks', { batchId, device: { productKey, deviceName }, states, limit: pageMax })).tasks)
  all.sort((a, b) => Number(a.taskId) - Number(b.taskId))
  return { tasks: pageOf(all, page), total: all.length }
}

function briefly({ targetVersion, deviceName, packageId, iotId, batchId, productKey, sourceVersion, taskId, state, createdAt, modifiedAt }: BatchTask, productName: string | undefined) {
  return {
    DestVersion: targetVersion,
    DeviceName: deviceName,
    FirmwareId: packageId,
    IotId: iotId,
    JobId: batchId,
    ProductKey: productKey,
    ProductName: productName,
    SrcVersion: sourceVersion ?? undefined,
    TaskId: taskId,
    TaskStatus: state,
    UtcCreate: utcTime(createdAt),
    UtcModified: utcTime(modifiedAt),
  }
}
