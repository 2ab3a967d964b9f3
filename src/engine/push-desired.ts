import type { Log } from '../shared/log.ts'
import type { CompiledModel } from '../shared/thing-model/compile.ts'
import type { DesiredValues } from './platform/desired/desired-values.ts'
import type { DeviceCalls, FeatureDevice } from './platform/feature.ts'
import { toErrorValue } from '../shared/errors.ts'
import { sendPropertySet } from './platform/thing/property-methods.ts'

export interface PushDesiredContext {
  log: Log
  desired: DesiredValues
  calls: DeviceCalls
  modelOf: (productKey: string) => CompiledModel | null
}

/** Sends a device that has just connected what waits for it, as one property set; whether it answers is in the trace. */
export function pushDesired({ log, desired, calls, modelOf }: PushDesiredContext, device: FeatureDevice): void {
  const values = desired.wantedOf(device.deviceId)
  const model = modelOf(device.productKey)
  if (model === null || Object.keys(values).length === 0)
    return
  const warn = (error: unknown): void => log.warn('desired values could not be pushed', { ...toErrorValue(error) })
  try {
    sendPropertySet(calls, device, model, values, { operation: 'SetDeviceDesiredProperty', timeoutMs: null, byPlatform: true }).call.sent.catch(warn)
  }
  catch (error) {
    warn(error)
  }
}
