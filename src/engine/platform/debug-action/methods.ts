import type { EngineApi, MethodName, MethodOutput, MethodParams } from '../../../shared/contract/contract.ts'
import type { DebugAction, DebugRunReport } from '../../../shared/contract/debug-action.ts'
import type { DebugActions } from './actions.ts'

export interface DebugActionContext {
  actions: DebugActions
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** Carries out one of the engine's own calls. */
  call: <M extends MethodName>(name: M, input: MethodParams<M>, signal: AbortSignal) => Promise<MethodOutput<M>>
}

type Handlers = Pick<EngineApi['methods'], 'debugAction.list' | 'debugAction.save' | 'debugAction.delete' | 'debugAction.order' | 'debugAction.run'>

/** What the page and the command line can do with saved actions. */
export function debugActionMethodHandlers({ actions, requireProduct, call }: DebugActionContext): Handlers {
  const list = (productKey: string): { actions: DebugAction[] } => ({ actions: [...actions.of(productKey)] })
  return {
    'debugAction.list': ({ productKey }) => {
      requireProduct(productKey)
      return list(productKey)
    },
    'debugAction.save': ({ productKey, ...wish }) => {
      requireProduct(productKey)
      return actions.save(productKey, wish)
    },
    'debugAction.delete': ({ productKey, actionId }) => {
      requireProduct(productKey)
      return actions.delete(productKey, actionId)
    },
    'debugAction.order': async ({ productKey, actionIds }) => {
      requireProduct(productKey)
      await actions.order(productKey, actionIds)
      return list(productKey)
    },
    'debugAction.run': ({ productKey, deviceName, action, timeoutMs }, { signal }) => {
      requireProduct(productKey)
      return run(actions.get(productKey, action), { productKey, deviceName, timeoutMs }, call, signal)
    },
  }
}

interface Aim { productKey: string, deviceName: string, timeoutMs: number }

async function run({ name, content }: DebugAction, { timeoutMs, ...identity }: Aim, call: DebugActionContext['call'], signal: AbortSignal): Promise<DebugRunReport> {
  const { kind } = content
  switch (content.kind) {
    case 'get': {
      const { values, code, message } = await call('device.getProperties', { ...identity, properties: content.properties, ask: true, timeoutMs: Math.max(1, timeoutMs) }, signal)
      return { name, kind, code, message, data: Object.fromEntries(Object.entries(values).map(([property, { value }]) => [property, value])), messageId: null, traceId: 0, elapsedMs: null }
    }
    case 'set':
      return { name, kind, ...await call('device.setProperties', { ...identity, properties: content.properties, unchecked: content.unchecked, timeoutMs, qos: 1 }, signal) }
    case 'desired': {
      const { messageId } = await call('device.setDesired', { ...identity, properties: content.properties, versions: {} }, signal)
      const message = messageId === null ? 'The desired values are stored; the device gets them when it asks.' : 'The desired values are stored and were sent.'
      return { name, kind, code: 200, message, data: null, messageId, traceId: 0, elapsedMs: null }
    }
    case 'service':
      return { name, kind, ...await call('device.invokeService', { ...identity, service: content.service, input: content.input, unchecked: content.unchecked, timeoutMs, qos: 1 }, signal) }
    case 'message': {
      const { messageId, traceId, code, message } = await call('device.publish', { ...identity, topic: content.topic, text: content.text, qos: content.qos }, signal)
      return { name, kind, code, message, data: null, messageId, traceId, elapsedMs: null }
    }
  }
}
