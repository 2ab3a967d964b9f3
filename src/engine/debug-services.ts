import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { DeviceCalls, FeatureDevice } from './platform/feature.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { AppError } from '../shared/errors.ts'
import { CommandHistory } from './platform/command/history.ts'
import { commandMethodHandlers, commandStream } from './platform/command/methods.ts'
import { recordCalls } from './platform/command/recorded-calls.ts'
import { deleteDeviceCommands } from './platform/command/rows.ts'
import { DebugActions } from './platform/debug-action/actions.ts'
import { debugActionMethodHandlers } from './platform/debug-action/methods.ts'
import { settle } from './store/settle.ts'

export interface DebugServicesContext {
  clock: Clock
  store: Store
  calls: DeviceCalls
  trace: Pick<TraceKeeper, 'cause'>
  /** The methods that the page calls too. */
  methods: () => EngineApi['methods']
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Publish = EngineApi['methods']['device.publish']

/** Online debugging: the history of commands, and actions that are kept under a name (platform rules DBG-1 to DBG-16). */
export interface DebugServices {
  /** The commands of the platform, each of which leaves itself in the history. */
  calls: DeviceCalls
  methods: Pick<EngineApi['methods'], 'deviceCommand.list' | 'debugAction.list' | 'debugAction.save' | 'debugAction.delete' | 'debugAction.order' | 'debugAction.run'>
  streams: Pick<EngineApi['streams'], 'deviceCommand.watch'>
  /** Lets messages on custom topics leave themselves in the history too. */
  recordPublish: (publish: Publish) => Publish
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
  /** Lets go of a deleted product. */
  forgetProduct: (productKey: string) => Promise<void>
}

/** Opens the history and the saved actions with what the workspace holds of them. */
export async function openDebugServices({ clock, store, calls, trace, methods, requireProduct, requireDevice }: DebugServicesContext): Promise<DebugServices> {
  const [history, actions] = await Promise.all([CommandHistory.open(store), DebugActions.open(store)])
  const isFromApi = (): boolean => trace.cause() !== undefined
  const context = { clock, store, history, settle: () => settle(store), requireDevice }
  return {
    calls: recordCalls({ calls, history, now: () => clock.now(), isFromApi }),
    methods: {
      ...commandMethodHandlers(context),
      ...debugActionMethodHandlers({ actions, requireProduct, call: async (name, input, signal) => methods()[name](input, { signal }) }),
    },
    streams: { 'deviceCommand.watch': commandStream(context) },
    recordPublish: publish => async (input, given) => {
      const { productKey, deviceName, topic, text, payloadBase64, qos } = input
      const { deviceId } = requireDevice(productKey, deviceName)
      const command = { deviceId, at: clock.now(), operation: 'Pub', params: { topic, qos, ...(text === undefined ? { payloadBase64: payloadBase64 ?? '' } : { text }) }, origin: isFromApi() ? 'api' as const : 'console' as const }
      try {
        const report = await publish(input, given)
        const { messageId, traceId, code, message } = report
        history.begin({ ...command, state: code === 200 ? 'sent' : 'refused', messageId, traceId, rowId: traceId, code, message })
        return report
      }
      catch (error) {
        if (error instanceof AppError)
          history.begin({ ...command, state: 'refused', code: Number(error.details.platformCode ?? 0), message: error.message })
        throw error
      }
    },
    forget: (deviceId) => {
      history.forget(deviceId)
      return [{ statement: deleteDeviceCommands, params: [deviceId] }]
    },
    forgetProduct: productKey => actions.forget(productKey),
  }
}
