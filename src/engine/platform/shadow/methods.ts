import type { Shadow } from '../../../shared/alink/shadow.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCalls, DownlinkMessage, FeatureDevice } from '../feature.ts'
import type { Shadows } from './shadows.ts'
import { levelsOf } from '../../../shared/alink/shadow.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { shadowControl, toSeconds } from './handle.ts'
import { findExcess, findOverflow, refuseExcess, stepDelete, stepDesired } from './rules.ts'

export interface ShadowMethodContext {
  store: Pick<Store, 'upsert' | 'flush'>
  calls: Pick<DeviceCalls, 'note' | 'unreachable'>
  send: (deviceId: number, message: DownlinkMessage) => void
  shadows: Shadows
  now: () => number
  applyLimits: () => boolean
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'shadow.get' | 'shadow.update' | 'shadow.delete'>

const operation = 'UpdateDeviceShadow'
const asked: TraceStep = { bizCode: 'ApiService', operation, code: 200 }

/** What the console and the command line can do with shadows (Alink 6, the API's UpdateDeviceShadow and GetDeviceShadow). */
export function shadowMethodHandlers(context: ShadowMethodContext): Handlers {
  const { store, calls, send, shadows, now, requireDevice } = context
  const keep = (deviceId: number, shadow: Shadow): void => {
    const { key, statement } = shadows.put(deviceId, shadow)
    store.upsert(key, statement)
  }
  return {
    'shadow.get': ({ productKey, deviceName }) => ({ shadow: shadows.of(requireDevice(productKey, deviceName).deviceId) }),
    'shadow.update': async ({ productKey, deviceName, desired, version, delta }) => {
      const device = requireDevice(productKey, deviceName)
      const shadow = judge(context, shadows.of(device.deviceId), { desired: desired as JsonObject, version, delta })
      keep(device.deviceId, shadow)
      const control = calls.unreachable(device) === null ? shadowControl(device, shadow, now(), [asked]) : null
      if (control === null)
        calls.note(device, operation, { method: 'update', state: { desired: desired as JsonObject }, version })
      else
        send(device.deviceId, control)
      await store.flush()
      return { shadow, isSent: control !== null }
    },
    'shadow.delete': async ({ productKey, deviceName, side, attributes }) => {
      const device = requireDevice(productKey, deviceName)
      const shadow = stepDelete(shadows.of(device.deviceId), side === undefined ? ['reported', 'desired'] : [side], attributes, toSeconds(now()))
      keep(device.deviceId, shadow)
      calls.note(device, operation, { method: 'delete', side: side ?? 'all', attributes: attributes ?? 'all' })
      await store.flush()
      return { shadow }
    },
  }
}

function judge({ now, applyLimits }: ShadowMethodContext, shadow: Shadow, wanted: { desired: JsonObject, version: number, delta: boolean }): Shadow {
  if (levelsOf(wanted.desired) > limits.shadowLevelsKeptMax)
    throw new AppError('limit/reached', `desired: expected at most ${limits.shadowLevelsKeptMax} levels.`, { field: 'desired', limit: limits.shadowLevelsKeptMax })
  const next = stepDesired(shadow, wanted, toSeconds(now()))
  if ('code' in next)
    throw new AppError('shadow/version-conflict', next.message, { expected: shadow.version + 1, got: wanted.version, platformCode: next.code })
  const excess = (applyLimits() ? findExcess(next) : null) ?? findOverflow(next)
  if (excess !== null) {
    const { code, message } = refuseExcess(excess)
    throw new AppError('limit/reached', message, { field: 'desired', limit: excess.allowed, got: excess.got, platformCode: code })
  }
  return next
}
