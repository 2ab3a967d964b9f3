import type { ConfigNotice } from '../../../shared/alink/remote-config.ts'
import type { ConfigPush, ConfigVersion } from '../../../shared/contract/remote-config.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { Store } from '../../store/types.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'
import type { Configurations } from './configurations.ts'
import type { ConfigDeviceStates } from './device-states.ts'
import { buildConfigPush } from '../../../shared/alink/remote-config.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { refusePush } from './rules.ts'

export interface ConfigPushContext {
  store: Pick<Store, 'upsert'>
  configurations: Configurations
  states: ConfigDeviceStates
  now: () => number
  applyLimits: () => boolean
  nextId: () => string
  /** What a device is told of a version; null while there is no listener to download from. */
  describe: (device: FeatureDevice, version: ConfigVersion) => ConfigNotice | null
  /** Whether there is a listener to download from. */
  canServe: () => boolean
  /** Sends at once, as part of the journey that row `causeId` began; the row of the message, and whether it left for the device. */
  send: (deviceId: number, message: DownlinkMessage, causeId: number) => { rowId: number, isSent: boolean }
  /** The push's own row in the trace, and what is known of it in the end. */
  record: (productKey: string, operation: string, content: object, code: number, detail: string) => number
  amend: (id: number, change: { code: number, detail: string }) => void
  /** Lets everybody else have a turn, and the writer catch up. */
  pause: () => Promise<void>
  findDevices: (productKey: string) => Iterable<FeatureDevice & { online: boolean }>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice & { online: boolean }
}

export interface ConfigPushWish { productKey: string, deviceNames: readonly string[] | undefined, again: boolean }

const operation = 'PushRemoteConfig'

/**
 * Pushes the newest configuration of a product to its devices that are online (platform rules CFG-11 to CFG-15); the others
 * ask when they come back. The rules of a push to all do not hold for chosen devices, which the cloud cannot do at all.
 */
export async function pushConfig(context: ConfigPushContext, { productKey, deviceNames, again }: ConfigPushWish, signal: AbortSignal): Promise<ConfigPush> {
  const { store, configurations, states, now, applyLimits, nextId, describe, send, pause } = context
  const row = configurations.of(productKey)
  if (!row.isEnabled)
    throw refuseOff(context, productKey)
  const newest = configurations.get(productKey)
  if (!context.canServe())
    throw new AppError('listen/failed', 'No engine with a listener for devices has the workspace open, so no device could download the configuration: start one with serve.')
  const isForAll = deviceNames === undefined
  const devices = isForAll ? Array.from(context.findDevices(productKey)) : Array.from(new Set(deviceNames), name => context.requireDevice(productKey, name))
  if (isForAll)
    refusePush(row, newest, { again, now: now(), applyLimits: applyLimits() })
  const online = devices.filter(device => device.online)
  const { version, sign, configId } = newest
  const pushedAt = now()
  const keep = (sentCount: number): Promise<void> => configurations.set({
    ...configurations.of(productKey),
    pushedVersion: version,
    pushedSign: sign,
    pushedAt,
    sentCount,
    onlineCount: online.length,
    deviceCount: devices.length,
  })
  // The hour begins now, whoever is reached.
  if (isForAll)
    await keep(0)
  const target = isForAll ? {} : { DeviceNames: online.slice(0, limits.devicesPerPublishMax).map(device => device.deviceName) }
  const traceId = context.record(productKey, operation, { ProductKey: productKey, Version: version, ConfigId: configId, ...target }, 200, packDetail({ issues: [], steps: [{ bizCode: 'RemoteConfig', operation, code: 200 }] }))
  let sentCount = 0
  let triedCount = 0
  for (const device of online) {
    if (signal.aborted || !configurations.of(productKey).isEnabled)
      break
    triedCount += 1
    const notice = describe(device, newest)
    if (notice === null)
      break
    const id = nextId()
    const { topic, payload } = buildConfigPush(device, notice, id)
    const steps = [{ bizCode: 'RemoteConfig', operation: 'thing.config.push', code: 200 }]
    const { rowId, isSent } = send(device.deviceId, { topic, payload: Buffer.from(payload), qos: 1, steps }, traceId)
    if (isSent) {
      sentCount += 1
      const change = { pushedVersion: version, pushedAt: now(), pushId: id, pushTraceId: traceId || rowId, answerCode: null, answeredAt: null }
      const { key, statement } = states.change(device, change)
      store.upsert(key, statement)
    }
    if (triedCount % limits.devicesPerTurnMax === 0)
      await pause()
  }
  const why = triedCount < online.length ? configurations.of(productKey).isEnabled ? ' It was stopped before its end.' : ' It ended because remote configuration was switched off.' : ''
  const chosen = isForAll ? '' : ' chosen'
  const message = `Version ${version} was sent to ${sentCount} of ${devices.length}${chosen} devices, of which ${online.length} were online.${why}`
  const step: TraceStep = { bizCode: 'RemoteConfig', operation, code: 200, message }
  context.amend(traceId, { code: 200, detail: packDetail({ issues: [], steps: [step] }) })
  if (isForAll)
    await keep(sentCount)
  await pause()
  return { version, traceId, deviceCount: devices.length, onlineCount: online.length, sentCount }
}

function refuseOff({ record }: ConfigPushContext, productKey: string): AppError {
  const message = `Remote configuration of product ${productKey} is switched off, so nothing can be pushed.`
  record(productKey, operation, { ProductKey: productKey }, 6713, packDetail({ issues: [], steps: [{ bizCode: 'RemoteConfig', operation, code: 6713, message }] }))
  return new AppError('remote-config/off', message, { productKey, platformCode: 6713 })
}
