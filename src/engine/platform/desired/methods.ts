import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCalls, FeatureDevice } from '../feature.ts'
import type { DesiredValues } from './desired-values.ts'
import { propertySetMethod } from '../../../shared/alink/service.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { validatePropertySet } from '../../../shared/thing-model/validate.ts'

export interface DesiredMethodContext {
  store: Pick<Store, 'upsert' | 'flush'>
  calls: DeviceCalls
  values: DesiredValues
  now: () => number
  applyLimits: () => boolean
  modelOf: (productKey: string) => CompiledModel
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  /** Sends a property set without waiting for its answer and returns its id; throws what `DeviceCalls.send` throws, and when a script cannot write it. */
  push: (device: FeatureDevice, values: JsonObject, operation: string) => Promise<string>
}

type Handlers = Pick<EngineApi['methods'], 'device.desired' | 'device.setDesired'>

const operation = 'SetDeviceDesiredProperty'

const disabled = 6208

/** What the console and the command line can do with desired values (Alink 5.5, platform rules DBG-8 and DBG-9). */
export function desiredMethodHandlers(context: DesiredMethodContext): Handlers {
  const { values, requireDevice } = context
  return {
    'device.desired': ({ productKey, deviceName }) => ({ desired: values.of(requireDevice(productKey, deviceName).deviceId) }),
    'device.setDesired': async ({ productKey, deviceName, properties, versions }) => {
      const device = requireDevice(productKey, deviceName)
      const wanted = properties as JsonObject
      refuseUnfit(context, device, wanted)
      refuseOldVersion(context, device, wanted, versions)
      const problem = context.calls.unreachable(device)
      const present = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== null))
      // A disabled device takes no desired values either; sending says so, and the trace has it.
      const isSent = Object.keys(present).length > 0 && (problem === null || problem.code === disabled)
      const messageId = isSent ? await context.push(device, present, operation) : null
      if (!isSent)
        context.calls.note(device, operation, wanted)
      for (const { key, statement } of values.set(device.deviceId, wanted, context.now()))
        context.store.upsert(key, statement)
      await context.store.flush()
      return { versions: Object.fromEntries(Object.keys(wanted).map(name => [name, values.get(device.deviceId, name)?.version ?? 0])), messageId }
    },
  }
}

function refuseUnfit({ calls, modelOf, applyLimits }: DesiredMethodContext, device: FeatureDevice, wanted: JsonObject): void {
  const names = Object.keys(wanted)
  if (applyLimits() && names.length > limits.desiredPerSetMax)
    throw new AppError('limit/reached', `The cloud takes at most ${limits.desiredPerSetMax} desired values in one call, got ${names.length}.`, { got: names.length, limit: limits.desiredPerSetMax })
  const model = modelOf(device.productKey)
  // Null deletes, so only the name and the access of such a property are checked.
  const issues = validatePropertySet(model, wanted).filter(({ path, rule }) => wanted[path] !== null || rule === 'unknown-property' || rule === 'unknown-module' || rule === 'read-only')
  if (issues.length > 0)
    throw calls.refuse({ device, operation, params: wanted, method: propertySetMethod, issues })
}

function refuseOldVersion({ values }: DesiredMethodContext, device: FeatureDevice, wanted: JsonObject, versions: Record<string, number>): void {
  for (const [name, expected] of Object.entries(versions)) {
    const present = values.get(device.deviceId, name)?.version ?? 0
    if (!Object.hasOwn(wanted, name))
      throw new AppError('input/invalid', `versions.${name}: expected the name of a property that is set in the same call.`, { field: `versions.${name}` })
    if (present !== expected)
      throw new AppError('desired/version-conflict', `The desired value of ${name} has version ${present}, not ${expected}: somebody set it in between.`, { property: name, expected, present, platformCode: 460 })
  }
}
