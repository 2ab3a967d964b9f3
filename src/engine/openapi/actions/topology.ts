import type { Device, DeviceIdentity, DeviceState } from '../../../shared/contract/device.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { Action, ActionContext } from '../action.ts'
import { AppError } from '../../../shared/errors.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { action, deviceAction } from '../action.ts'
import { gmtTime, pageCounts, rangeOf, utcTime } from '../answers.ts'
import { deviceByIotId } from '../device-by-iot-id.ts'
import { ApiFailure } from '../failure.ts'
import { initially, integer, invalid, missing, objects, required, text } from '../parameter.ts'

const invalidPage = 'iot.common.InvalidPageParams'

/** Gateways and their sub-devices. */
export const topologyActions: Action[] = [
  deviceAction({
    name: 'GetThingTopo',
    group: 'topology',
    about: 'Lists the sub-devices of a gateway, in the order in which they were added; a device that is no gateway has none.',
    parameters: {
      PageNo: initially(integer('Which page, from 1.', { min: 1, code: invalidPage }), 1),
      PageSize: initially(integer('Sub-devices of a page.', { min: 1, max: 50, code: invalidPage }), 10),
    },
    answer: { Data: { CurrentPage: 'i', List: { deviceInfo: [{ DeviceName: 's', IotId: 's', ProductKey: 's' }] }, PageCount: 'l', PageSize: 'i', Total: 'l' } },
    async run({ PageNo, PageSize }, { call, device: { productKey, deviceName } }) {
      const { subDevices, total } = await call('topology.list', { productKey, deviceName, ...rangeOf({ CurrentPage: PageNo, PageSize }) })
      return { Data: { CurrentPage: PageNo, List: { deviceInfo: subDevices.map(sub => ({ DeviceName: sub.deviceName, IotId: sub.iotId, ProductKey: sub.productKey })) }, ...pageCounts({ PageSize }, total) } }
    },
  }),
  action({
    name: 'NotifyAddThingTopo',
    group: 'topology',
    about: 'Asks a gateway that is online to register, add and log in devices by itself (thing/topo/add/notify).',
    parameters: {
      GwIotId: text('The gateway by its IotId; wins over GwProductKey and GwDeviceName.'),
      GwProductKey: text('With GwDeviceName: the product of the gateway.'),
      GwDeviceName: text('With GwProductKey: the name of the gateway.'),
      DeviceListStr: required(text('The devices as a JSON list of {"productKey":"…","deviceName":"…"} or {"IotId":"…"}.')),
    },
    answer: { Data: { MessageId: 's' } },
    async run({ DeviceListStr, ...named }, { call }) {
      const gateway = await findGateway(named, call)
      const devices = await Promise.all(readDeviceList(DeviceListStr).map(device => 'iotId' in device ? deviceByIotId(device.iotId, call) : device))
      const { messageId } = await joining(call('topology.notify', { ...gateway, devices }))
      return { Data: { MessageId: messageId } }
    },
  }),
  action({
    name: 'BatchAddThingTopo',
    group: 'topology',
    about: 'Puts devices under a gateway, all or none, once their signatures are found to be right; a gateway that is online is told (thing/topo/change).',
    parameters: {
      GwProductKey: required(text('The product of the gateway.')),
      GwDeviceName: required(text('The name of the gateway.')),
      TopoAddItem: required(objects('The devices, each signed with its own secret.', {
        ProductKey: required(text('The product of the device.')),
        DeviceName: required(text('Its name.')),
        ClientId: text('Any text that stands for the device; part of what is signed.'),
        Timestamp: text('Part of what is signed.'),
        SignMethod: text('hmacMd5, hmacSha1 or hmacSha256 in any case; hmacMd5 without it.'),
        Sign: required(text('The HMAC of clientId…deviceName…productKey…timestamp… (what was given, in this order, name and value) under the secret of the device, in hexadecimal.')),
      })),
    },
    answer: {},
    async run({ GwProductKey, GwDeviceName, TopoAddItem }, { call }) {
      const devices = TopoAddItem.map(({ ProductKey: productKey, DeviceName: deviceName, ClientId: clientId, Timestamp: timestamp, SignMethod: signMethod, Sign: sign }) => ({ productKey, deviceName, clientId, timestamp, signMethod, sign }))
      await joining(call('topology.addSigned', { productKey: GwProductKey, deviceName: GwDeviceName, devices }))
      return {}
    },
  }),
  deviceAction({
    name: 'RemoveThingTopo',
    group: 'topology',
    about: 'Takes a sub-device away from its gateway, which is told when it is online, and ends its session.',
    parameters: {},
    answer: { Data: 'b' },
    errors: { 'topology/refused': 'iot.device.RemoveTopoRelationFailed' },
    async run(_, { call, device: { productKey, deviceName } }) {
      await call('topology.remove', { devices: [{ productKey, deviceName }] })
      return { Data: true }
    },
  }),
  deviceAction({
    name: 'GetGatewayBySubDevice',
    group: 'topology',
    about: 'The gateway of a sub-device with its certificate and its state, which is in lower case here and nowhere else.',
    parameters: {},
    answer: { Data: { DeviceName: 's', DeviceSecret: 's', FirmwareVersion: 's', GmtActive: 's', GmtCreate: 's', GmtOnline: 's', IpAddress: 's', NodeType: 's', ProductKey: 's', ProductName: 's', Status: 's', UtcActive: 's', UtcCreate: 's', UtcOnline: 's', iotId: 's', region: 's' } },
    async run(_, { call, device: { productKey, deviceName } }) {
      const { gateway } = await call('device.get', { productKey, deviceName })
      if (gateway === null)
        throw new ApiFailure('iot.device.QueryDeviceFailed', `The device ${productKey}/${deviceName} is not a sub-device of any gateway.`, { platformCode: 6401 })
      const [device, { name }] = await Promise.all([call('device.get', gateway), call('product.get', { productKey: gateway.productKey })])
      return { Data: { ...describeGateway(device), ProductName: name } }
    },
  }),
]

const statusWords: Record<DeviceState, string> = { UNACTIVE: 'unactive', ONLINE: 'online', OFFLINE: 'offline', DISABLE: 'disable' }

function describeGateway({ deviceName, deviceSecret, productKey, iotId, state, createdAt, activatedAt, lastOnlineAt, connection, versions }: Device): Record<string, string | undefined> {
  return {
    DeviceName: deviceName,
    DeviceSecret: deviceSecret,
    FirmwareVersion: versions.find(({ module }) => module === 'default')?.version,
    GmtActive: gmtTime(activatedAt),
    GmtCreate: gmtTime(createdAt),
    GmtOnline: gmtTime(lastOnlineAt),
    IpAddress: connection?.remoteAddress,
    NodeType: '1',
    ProductKey: productKey,
    Status: statusWords[state],
    UtcActive: utcTime(activatedAt),
    UtcCreate: utcTime(createdAt),
    UtcOnline: utcTime(lastOnlineAt),
    iotId,
    region: 'cn-shanghai',
  }
}

async function findGateway({ GwIotId, GwProductKey, GwDeviceName }: Record<'GwIotId' | 'GwProductKey' | 'GwDeviceName', string | undefined>, call: ActionContext['call']): Promise<DeviceIdentity> {
  if (GwIotId !== undefined)
    return deviceByIotId(GwIotId, call)
  if (GwProductKey === undefined)
    throw missing(GwDeviceName === undefined ? 'GwIotId' : 'GwProductKey')
  if (GwDeviceName === undefined)
    throw missing('GwDeviceName')
  return { productKey: GwProductKey, deviceName: GwDeviceName }
}

/** Devices by their names or their IotIds; the first letter of a member may be of either case, as the cloud's examples have both. */
function readDeviceList(written: string): (DeviceIdentity | { iotId: string })[] {
  const wrong = (): Error => invalid('DeviceListStr', {}, 'a JSON list of {"productKey":"…","deviceName":"…"} or {"IotId":"…"}', written)
  let list: JsonValue
  try {
    list = JSON.parse(written) as JsonValue
  }
  catch {
    throw wrong()
  }
  if (!Array.isArray(list) || list.length === 0)
    throw wrong()
  return list.map((entry) => {
    if (!isJsonObject(entry))
      throw wrong()
    const [iotId, productKey, deviceName] = ['IotId', 'ProductKey', 'DeviceName'].map(name => entry[name] ?? entry[`${name.charAt(0).toLowerCase()}${name.slice(1)}`])
    if (typeof iotId === 'string')
      return { iotId }
    if (typeof productKey !== 'string' || typeof deviceName !== 'string')
      throw wrong()
    return { productKey, deviceName }
  })
}

/** Gives refusals to join a gateway the cloud's own codes where it has some. */
async function joining<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  }
  catch (error) {
    if (!(error instanceof AppError) || error.code !== 'topology/refused')
      throw error
    const platformCode = Number(error.details.platformCode)
    const code = platformCode === 6400 ? 'TopoRelationCountExceeded' : platformCode === 401 ? 'VerifyDeviceFailed' : 'AddTopoRelationFailed'
    throw new ApiFailure(`iot.device.${code}`, error.message, { platformCode })
  }
}
