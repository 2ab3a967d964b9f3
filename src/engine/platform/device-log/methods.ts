import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCalls, DownlinkMessage, FeatureDevice } from '../feature.ts'
import type { LogSwitches } from './log-switches.ts'
import { buildLogSwitchPush, logLevels } from '../../../shared/alink/device-log.ts'
import { selectLogLines, selectLogLinesOf } from './rows.ts'

export interface DeviceLogMethodContext {
  store: Pick<Store, 'read' | 'upsert' | 'flush'>
  calls: Pick<DeviceCalls, 'note' | 'unreachable' | 'nextId'>
  send: (deviceId: number, message: DownlinkMessage) => void
  switches: LogSwitches
  /** Devices of a product, of a name, or both. */
  findDeviceIds: (productKey: string | undefined, deviceName: string | undefined) => number[]
  nameDevice: (deviceId: number) => { productKey: string, deviceName: string } | undefined
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'deviceLog.page' | 'deviceLog.isEnabled' | 'deviceLog.setEnabled'>

const operation = 'SetDeviceLocalLog'

/** What the console and the command line can do with devices' own logs (platform rules DLG-4 to DLG-14). */
export function deviceLogMethodHandlers(context: DeviceLogMethodContext): Handlers {
  const { store, calls, send, switches, requireDevice } = context
  return {
    'deviceLog.page': query => readPage(context, query),
    'deviceLog.isEnabled': ({ productKey, deviceName }) => ({ enabled: switches.isOn(requireDevice(productKey, deviceName).deviceId) }),
    'deviceLog.setEnabled': async ({ productKey, deviceName, enabled }) => {
      const device = requireDevice(productKey, deviceName)
      const { key, statement } = switches.set(device.deviceId, enabled)
      store.upsert(key, statement)
      const isSent = calls.unreachable(device) === null
      if (isSent) {
        const { topic, payload } = buildLogSwitchPush(device, enabled, calls.nextId())
        send(device.deviceId, { topic, payload: Buffer.from(payload), qos: 1, steps: [{ bizCode: 'ApiService', operation, code: 200 }] })
      }
      else {
        calls.note(device, operation, { enabled })
      }
      await store.flush()
      return { enabled, isSent }
    },
  }
}

async function readPage(
  { store, findDeviceIds, nameDevice }: DeviceLogMethodContext,
  { productKey, deviceName, traceContext, module, keyword, level, orWorse, fromAt, toAt, before, limit }: Parameters<Handlers['deviceLog.page']>[0],
): Promise<Awaited<ReturnType<Handlers['deviceLog.page']>>> {
  const levels = level === undefined ? logLevels : orWorse && level !== 'OTHER' ? logLevels.slice(0, logLevels.indexOf(level) + 1) : [level]
  const word = keyword?.toLowerCase() ?? null
  const params = [
    traceContext ?? null,
    module ?? null,
    word,
    word,
    word,
    JSON.stringify(levels),
    Math.ceil(fromAt ?? 0),
    Math.floor(toAt ?? Number.MAX_SAFE_INTEGER),
    before?.at ?? Number.MAX_SAFE_INTEGER,
    before?.id ?? Number.MAX_SAFE_INTEGER,
    limit,
  ]
  const rows = productKey === undefined && deviceName === undefined
    ? await store.read(selectLogLines, params)
    : await store.read(selectLogLinesOf, [JSON.stringify(findDeviceIds(productKey, deviceName)), ...params])
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    lines: rows.map(({ deviceId, ...line }) => ({ ...line, productKey: '', deviceName: '', ...identityOf(nameDevice(deviceId)) })),
    next: last === undefined ? null : { at: last.reportedAt, id: last.lineId },
  }
}

function identityOf(device: { productKey: string, deviceName: string } | undefined): { productKey: string, deviceName: string } | undefined {
  return device && { productKey: device.productKey, deviceName: device.deviceName }
}
