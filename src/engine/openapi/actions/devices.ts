import type { Device, DeviceIdentity, deviceStates, ListedDevice } from '../../../shared/contract/device.ts'
import type { Action, ActionContext } from '../action.ts'
import { deviceNameSchema } from '../../../shared/contract/device.ts'
import { action, deviceAction } from '../action.ts'
import { gmtTime, pageCounts, paging, rangeOf, utcTime } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { startOf, tokenAfter } from '../next-token.ts'
import { integer, invalid, objects, required, text, texts } from '../parameter.ts'
import { nodeTypeNumber, productsByKey } from '../product-names.ts'

const product = required(text('The product.'))
const lora = 'Of LoRaWAN devices, which there are none of here; passed over.'
const statusNumbers: Record<number, (typeof deviceStates)[number]> = { 0: 'UNACTIVE', 1: 'ONLINE', 3: 'OFFLINE', 8: 'DISABLE' }

const detailShape = { DeviceName: 's', DeviceSecret: 's', FirmwareVersion: 's', GmtActive: 's', GmtCreate: 's', IotId: 's', Nickname: 's', NodeType: 'i', ProductKey: 's', ProductName: 's', Region: 's', Status: 's', UtcActive: 's', UtcCreate: 's' } as const

/** Devices: making, finding, naming, switching and deleting them. */
export const deviceActions: Action[] = [
  action({
    name: 'RegisterDevice',
    group: 'device',
    about: 'Makes a device and gives out its secret.',
    parameters: {
      ProductKey: product,
      DeviceName: text('4 to 32 letters, digits, or - _ @ . :; without it a name is made up.'),
      Nickname: text('4 to 64 characters, a Chinese one counted twice.'),
      AppKey: text(lora),
      DevEui: text(lora),
      JoinEui: text(lora),
      LoraNodeType: text(lora),
      PinCode: text(lora),
    },
    answer: { Data: { DeviceName: 's', DeviceSecret: 's', IotId: 's', Nickname: 's', ProductKey: 's' } },
    errors: { 'limit/reached': 'iot.device.DeviceCountExceeded' },
    async run({ ProductKey, DeviceName, Nickname }, { call }) {
      if (DeviceName !== undefined && !deviceNameSchema.safeParse(DeviceName).success)
        throw invalid('DeviceName', { code: 'iot.device.InvalidFormattedDeviceName' }, '4 to 32 letters, digits, or - _ @ . :', DeviceName)
      const { certificates: [made] } = await call('device.create', { productKey: ProductKey, deviceName: DeviceName, nickname: Nickname })
      return { Data: briefly(await call('device.get', { productKey: ProductKey, deviceName: made!.deviceName })) }
    },
  }),
  action({
    name: 'QueryDevice',
    group: 'device',
    about: 'Lists the devices of a product, newest first.',
    parameters: { ProductKey: product, ...paging({ max: 50 }), NextToken: text('Where the answer before ended; wins over CurrentPage.') },
    answer: {
      Data: { DeviceInfo: [{ DeviceId: 's', DeviceName: 's', DeviceSecret: 's', DeviceStatus: 's', GmtCreate: 's', GmtModified: 's', IotId: 's', Nickname: 's', ProductKey: 's', UtcCreate: 's', UtcModified: 's' }] },
      NextToken: 's',
      Page: 'i',
      PageCount: 'i',
      PageSize: 'i',
      Total: 'i',
    },
    async run({ ProductKey, NextToken, ...page }, { call }) {
      const range = startOf(page, NextToken)
      const { devices, total } = await call('device.list', { productKey: ProductKey, order: 'newest', secrets: true, ...range })
      return {
        Data: { DeviceInfo: devices.map(device => ({ ...listed(device), DeviceId: device.iotId, DeviceStatus: device.state })) },
        NextToken: tokenAfter(range, total),
        Page: Math.floor(range.offset / range.limit) + 1,
        ...pageCounts(page, total),
      }
    },
  }),
  deviceAction({
    name: 'QueryDeviceDetail',
    group: 'device',
    about: 'One device with its secret, its state and its times.',
    parameters: {},
    answer: { Data: { ...detailShape, GmtOnline: 's', IpAddress: 's', Owner: 'b', UtcOnline: 's' } },
    async run(_, { call, device }) {
      const found = await call('device.get', named(device))
      const products = await productsByKey(call)
      return { Data: { ...detailed(found, products), GmtOnline: gmtTime(found.lastOnlineAt), IpAddress: found.connection?.remoteAddress, Owner: true, UtcOnline: utcTime(found.lastOnlineAt) } }
    },
  }),
  deviceAction({
    name: 'QueryDeviceInfo',
    group: 'device',
    about: 'One device with its secret and its nickname.',
    parameters: {},
    answer: { Data: { DeviceName: 's', DeviceSecret: 's', IotId: 's', Nickname: 's', ProductKey: 's' } },
    run: async (_, { call, device }) => ({ Data: briefly(await call('device.get', named(device))) }),
  }),
  action({
    name: 'BatchQueryDeviceDetail',
    group: 'device',
    about: 'Up to 100 devices of a product with their secrets, states and times; names that no device has are left out.',
    parameters: { ProductKey: product, DeviceName: required(texts('The names of the devices.', { max: 100 })) },
    answer: { Data: { Data: [detailShape] } },
    async run({ ProductKey, DeviceName }, { call }) {
      const products = await productsByKey(call)
      if (!products.has(ProductKey))
        await call('product.get', { productKey: ProductKey })
      const { devices } = await call('device.find', { devices: DeviceName.map(deviceName => ({ productKey: ProductKey, deviceName })) })
      const details = await Promise.all(devices.flatMap(device => device === null ? [] : [call('device.get', { productKey: ProductKey, deviceName: device.deviceName })]))
      return { Data: { Data: details.map(device => detailed(device, products)) } }
    },
  }),
  deviceAction({
    name: 'GetDeviceStatus',
    group: 'device',
    about: 'The state of a device, and since when it has been in it.',
    parameters: {},
    answer: { Data: { Status: 's', Timestamp: 'l' } },
    async run(_, { call, device }) {
      const { state, stateAt } = await call('device.get', named(device))
      return { Data: { Status: state, Timestamp: stateAt } }
    },
  }),
  action({
    name: 'BatchGetDeviceState',
    group: 'device',
    about: 'The states of up to 50 devices; those that are not there are left out.',
    parameters: {
      IotId: texts('The devices by their IotIds; they win over ProductKey and DeviceName.', { max: 50 }),
      ProductKey: text('With DeviceName: the product of the devices.'),
      DeviceName: texts('With ProductKey: the names of the devices.', { max: 50 }),
    },
    answer: { DeviceStatusList: { DeviceStatus: [{ DeviceId: 's', DeviceName: 's', IotId: 's', LastOnlineTime: 's', Status: 's', Timestamp: 'l' }] } },
    async run({ IotId, ProductKey, DeviceName }, { call }) {
      const devicesNamed = IotId?.map(iotId => ({ iotId })) ?? DeviceName?.map(deviceName => ({ productKey: ProductKey ?? '', deviceName }))
      if (devicesNamed === undefined)
        throw new ApiFailure('iot.device.NullDeviceName', 'Neither IotId nor ProductKey with DeviceName names a device.')
      const { devices } = await call('device.find', { devices: devicesNamed })
      return {
        DeviceStatusList: {
          DeviceStatus: devices.flatMap(device => device === null ? [] : [{ DeviceId: device.iotId, DeviceName: device.deviceName, IotId: device.iotId, LastOnlineTime: utcTime(device.lastOnlineAt), Status: device.state, Timestamp: device.stateAt }]),
        },
      }
    },
  }),
  action({
    name: 'QueryDeviceByStatus',
    group: 'device',
    about: 'Lists the devices of a product that are in a state, newest first.',
    parameters: { ProductKey: product, Status: required(integer('0 never active, 1 online, 3 offline, 8 disabled.', { oneOf: Object.keys(statusNumbers).map(Number) })), ...paging({ max: 50 }) },
    answer: {
      Data: { SimpleDeviceInfo: [{ DeviceName: 's', DeviceSecret: 's', GmtCreate: 's', GmtModified: 's', IotId: 's', Nickname: 's', ProductKey: 's', Status: 's', UtcCreate: 's', UtcModified: 's' }] },
      Page: 'i',
      PageCount: 'i',
      PageSize: 'i',
      Total: 'i',
    },
    async run({ ProductKey, Status, ...page }, { call }) {
      const { devices, total } = await call('device.list', { productKey: ProductKey, state: statusNumbers[Status], order: 'newest', secrets: true, ...rangeOf(page) })
      return { Data: { SimpleDeviceInfo: devices.map(device => ({ ...listed(device), Status: device.state })) }, Page: page.CurrentPage, ...pageCounts(page, total) }
    },
  }),
  action({
    name: 'QueryDeviceStatistics',
    group: 'device',
    about: 'How many devices there are, have ever been active and are online: in all, of a product, of a group, or of a product in a group.',
    parameters: { ProductKey: text('Only of this product.'), GroupId: text('Only of this group and its sub-groups.') },
    answer: { Data: { activeCount: 'l', deviceCount: 'l', onlineCount: 'l' } },
    errors: { 'group/not-found': 'iot.group.NotExistedGroup' },
    run: async ({ ProductKey, GroupId }, { call }) => ({ Data: await call('device.counts', { productKey: ProductKey, group: GroupId }) }),
  }),
  action({
    name: 'BatchUpdateDeviceNickname',
    group: 'device',
    about: 'Gives up to 100 devices nicknames; an empty one takes it away. Where one device is not there, none is changed.',
    parameters: {
      DeviceNicknameInfo: required(objects('The devices and their nicknames.', {
        IotId: text('The device by its IotId; wins over ProductKey and DeviceName.'),
        ProductKey: text('With DeviceName: the product of the device.'),
        DeviceName: text('With ProductKey: the name of the device.'),
        Nickname: text('4 to 64 characters, a Chinese one counted twice.'),
      }, { max: 100 })),
    },
    answer: {},
    fields: { devices: 'DeviceNicknameInfo' },
    async run({ DeviceNicknameInfo }, { call }) {
      const wanted = DeviceNicknameInfo.map(({ IotId, ProductKey = '', DeviceName = '' }) => IotId === undefined ? { productKey: ProductKey, deviceName: DeviceName } : { iotId: IotId })
      const devices = await requireDevices(wanted, call)
      await call('device.rename', { devices: devices.map(({ productKey, deviceName }, index) => ({ productKey, deviceName, nickname: DeviceNicknameInfo[index]!.Nickname ?? '' })) })
      return {}
    },
  }),
  deviceAction({
    name: 'EnableThing',
    group: 'device',
    about: 'Lets a disabled device connect again.',
    parameters: {},
    answer: {},
    async run(_, { call, device }) {
      await call('device.setEnabled', { ...named(device), enabled: true })
      return {}
    },
  }),
  deviceAction({
    name: 'DisableThing',
    group: 'device',
    about: 'Closes the connection of a device and refuses new ones.',
    parameters: {},
    answer: {},
    async run(_, { call, device }) {
      await call('device.setEnabled', { ...named(device), enabled: false })
      return {}
    },
  }),
  deviceAction({
    name: 'ResetThing',
    group: 'device',
    about: 'Has a device never have connected, so that it may register itself once more; its connection is closed.',
    parameters: {},
    answer: {},
    async run(_, { call, device }) {
      await call('device.reset', named(device))
      return {}
    },
  }),
  deviceAction({
    name: 'DeleteDevice',
    group: 'device',
    about: 'Deletes a device and closes its connection.',
    parameters: {},
    answer: {},
    async run(_, { call, device }) {
      await call('device.delete', named(device))
      return {}
    },
  }),
]

/** The devices that a list names, all of which have to be there. */
async function requireDevices(wanted: ({ iotId: string } | { productKey: string, deviceName: string })[], call: ActionContext['call']): Promise<{ productKey: string, deviceName: string }[]> {
  const { devices } = await call('device.find', { devices: wanted })
  return devices.map((device, index) => {
    const one = wanted[index]!
    if (device === null)
      throw new ApiFailure('iot.device.NotExistedDevice', 'iotId' in one ? `There is no device with the IotId ${one.iotId}.` : `Product ${one.productKey} has no device named ${one.deviceName}.`, { platformCode: 6100 })
    return device
  })
}

/** The device without its IotId, which the contract has no room for. */
function named({ productKey, deviceName }: DeviceIdentity): DeviceIdentity {
  return { productKey, deviceName }
}

function briefly({ productKey, deviceName, deviceSecret, iotId, nickname }: Device): { DeviceName: string, DeviceSecret: string, IotId: string, Nickname: string, ProductKey: string } {
  return { DeviceName: deviceName, DeviceSecret: deviceSecret, IotId: iotId, Nickname: nickname, ProductKey: productKey }
}

function listed({ productKey, deviceName, deviceSecret, iotId, nickname, createdAt, modifiedAt }: ListedDevice) {
  return {
    DeviceName: deviceName,
    DeviceSecret: deviceSecret,
    GmtCreate: gmtTime(createdAt),
    GmtModified: gmtTime(modifiedAt),
    IotId: iotId,
    Nickname: nickname,
    ProductKey: productKey,
    UtcCreate: utcTime(createdAt),
    UtcModified: utcTime(modifiedAt),
  }
}

function detailed(device: Device, products: Awaited<ReturnType<typeof productsByKey>>) {
  const { productKey, state, createdAt, activatedAt, versions } = device
  return {
    ...briefly(device),
    FirmwareVersion: versions.find(({ module }) => module === 'default')?.version,
    GmtActive: gmtTime(activatedAt),
    GmtCreate: gmtTime(createdAt),
    NodeType: nodeTypeNumber(products.get(productKey)?.nodeType),
    ProductName: products.get(productKey)?.name,
    Region: 'cn-shanghai',
    Status: state,
    UtcActive: utcTime(activatedAt),
    UtcCreate: utcTime(createdAt),
  }
}
