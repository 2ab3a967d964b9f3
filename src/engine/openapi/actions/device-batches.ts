import type { RefusedDevice } from '../../../shared/contract/device-batch.ts'
import type { Action } from '../action.ts'
import { limits } from '../../../shared/limits.ts'
import { action } from '../action.ts'
import { pageCounts, paging, rangeOf } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { integer, objects, required, text, texts } from '../parameter.ts'

const product = required(text('The product.'))
const applyId = required(integer('The batch, as the answer that began it had it.', { min: 1, code: 'iot.device.InvalidFormattedApplyId' }))
const errors = {
  'batch/not-found': 'iot.device.DeviceApplyIsNotFound',
  'batch/not-ready': 'iot.device.ApplyManyDevicesFailed',
  'batch/running': 'iot.device.CreateDeviceTaskIsRunning',
  'limit/reached': 'iot.device.DeviceCountExceeded',
} as const

/** Devices that are checked and made together. */
export const deviceBatchActions: Action[] = [
  action({
    name: 'BatchCheckDeviceNames',
    group: 'device',
    about: 'Checks up to 10,000 names for devices that are to be made with BatchRegisterDeviceWithApplyId.',
    parameters: {
      ProductKey: product,
      DeviceName: texts('The names.', { max: limits.devicesPerBatchMax, code: 'iot.device.ApplyManyDevicesFailed' }),
      DeviceNameList: objects('The names with nicknames; wins over DeviceName.', { DeviceName: required(text('The name.')), DeviceNickname: text('The nickname.') }, { max: limits.devicesPerBatchMax, code: 'iot.device.ApplyManyDevicesFailed' }),
    },
    answer: {
      Data: {
        ApplyId: 'l',
        InvalidDetailList: { InvalidDetailList: [{ DeviceName: 's', ErrorMsg: 's', NickName: 's' }] },
        InvalidDeviceNameList: { InvalidDeviceName: ['s'] },
        InvalidDeviceNicknameList: { InvalidDeviceNickname: ['s'] },
        RepeatedDeviceNameList: { RepeatDevieNameList: ['s'] },
      },
    },
    errors,
    fields: { devices: 'DeviceName' },
    async run({ ProductKey, DeviceName, DeviceNameList }, { call }) {
      const devices = DeviceNameList?.map(({ DeviceName: deviceName, DeviceNickname: nickname }) => ({ deviceName, nickname })) ?? DeviceName?.map(deviceName => ({ deviceName }))
      if (devices === undefined)
        throw new ApiFailure('iot.device.NoneDeviceNameElement', 'Neither DeviceName nor DeviceNameList has a name.')
      const { applyId: ApplyId, refused } = await call('deviceBatch.check', { productKey: ProductKey, devices })
      const namesOf = (...faults: RefusedDevice['fault'][]): string[] => refused.filter(({ fault }) => faults.includes(fault)).map(({ deviceName }) => deviceName)
      return {
        Data: {
          ApplyId,
          InvalidDetailList: { InvalidDetailList: refused.map(toDetail) },
          InvalidDeviceNameList: { InvalidDeviceName: namesOf('name') },
          InvalidDeviceNicknameList: { InvalidDeviceNickname: refused.filter(({ fault }) => fault === 'nickname').map(({ nickname }) => nickname) },
          RepeatedDeviceNameList: { RepeatDevieNameList: namesOf('repeated', 'taken') },
        },
      }
    },
  }),
  action({
    name: 'BatchRegisterDeviceWithApplyId',
    group: 'device',
    about: 'Begins to make the devices whose names BatchCheckDeviceNames found all right.',
    parameters: { ProductKey: product, ApplyId: applyId },
    answer: { Data: { ApplyId: 'l' } },
    errors,
    run: async ({ ProductKey, ApplyId }, { call }) => ({ Data: { ApplyId: (await call('deviceBatch.create', { productKey: ProductKey, applyId: ApplyId })).applyId } }),
  }),
  action({
    name: 'BatchRegisterDevice',
    group: 'device',
    about: 'Begins to make up to 10,000 devices with names that are made up for them.',
    parameters: { ProductKey: product, Count: required(integer('How many.', { min: 1, max: limits.devicesPerBatchMax, code: 'iot.device.ApplyManyDevicesFailed' })) },
    answer: { Data: { ApplyId: 'l' } },
    errors,
    run: async ({ ProductKey, Count }, { call }) => ({ Data: { ApplyId: (await call('deviceBatch.generate', { productKey: ProductKey, count: Count })).applyId } }),
  }),
  action({
    name: 'QueryBatchRegisterDeviceStatus',
    group: 'device',
    about: 'How far a batch is: CHECK_SUCCESS or CHECK_FAILED after its names were checked, CREATE while its devices are made, CREATE_SUCCESS or CREATE_FAILED after that.',
    parameters: { ProductKey: product, ApplyId: applyId },
    answer: { Data: { InvalidDetailList: { invalidDetailList: [{ DeviceName: 's', ErrorMsg: 's', NickName: 's' }] }, InvalidList: { Name: ['s'] }, Status: 's', ValidList: { Name: ['s'] } } },
    errors,
    async run({ ProductKey, ApplyId }, { call }) {
      const { status, refused, deviceNames } = await call('deviceBatch.get', { productKey: ProductKey, applyId: ApplyId })
      return {
        Data: {
          InvalidDetailList: { invalidDetailList: refused.map(toDetail) },
          InvalidList: { Name: refused.map(({ deviceName }) => deviceName) },
          Status: status,
          ValidList: { Name: deviceNames },
        },
      }
    },
  }),
  action({
    name: 'QueryPageByApplyId',
    group: 'device',
    about: 'Lists the devices of a batch that have been made, in the order of their names in it, with their secrets.',
    parameters: { ApplyId: applyId, ...paging({ max: 50 }) },
    answer: { ApplyDeviceList: { ApplyDeviceInfo: [{ DeviceId: 's', DeviceName: 's', DeviceSecret: 's', IotId: 's' }] }, Page: 'i', PageCount: 'i', PageSize: 'i', Total: 'i' },
    errors,
    async run({ ApplyId, ...page }, { call }) {
      const { devices, total } = await call('deviceBatch.devices', { applyId: ApplyId, ...rangeOf(page) })
      return {
        ApplyDeviceList: { ApplyDeviceInfo: devices.map(({ deviceName, deviceSecret, iotId }) => ({ DeviceId: iotId, DeviceName: deviceName, DeviceSecret: deviceSecret, IotId: iotId })) },
        Page: page.CurrentPage,
        ...pageCounts(page, total),
      }
    },
  }),
]

function toDetail({ deviceName, nickname, reason }: RefusedDevice): { DeviceName: string, ErrorMsg: string, NickName: string } {
  return { DeviceName: deviceName, ErrorMsg: reason, NickName: nickname }
}
