import type { CommandOrigin } from '../../../shared/contract/device-command.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { DeviceCall, DeviceCalls, FeatureDevice } from '../feature.ts'
import type { CommandEnd, CommandHistory, NewCommand } from './history.ts'
import { AppError } from '../../../shared/errors.ts'
import { isJsonObject } from '../../../shared/json.ts'

export interface RecordedCallsContext {
  calls: DeviceCalls
  history: Pick<CommandHistory, 'begin' | 'end' | 'findOpen'>
  /** Epoch milliseconds. */
  now: () => number
  /** Whether a call of the cloud's API is being carried out. */
  isFromApi: () => boolean
}

/** Calls of the platform that send nothing and are commands all the same. */
const notedOperations: readonly string[] = ['GetDeviceProperty', 'SetDeviceDesiredProperty']
/** Their answers are bytes. */
const bytesOperations: readonly string[] = ['RRpc', 'AsyncRRpc']

/** The ways to a device, each of which leaves its command in the history (platform rule DBG-15). */
export function recordCalls({ calls, history, now, isFromApi }: RecordedCallsContext): DeviceCalls {
  const origin = (): CommandOrigin => isFromApi() ? 'api' : 'console'

  function refused(device: FeatureDevice, error: AppError, command: Pick<NewCommand, 'operation' | 'params'> & Partial<NewCommand>): void {
    const traceId = Number(error.details.traceId ?? 0)
    history.begin({ deviceId: device.deviceId, at: now(), origin: origin(), ...command, state: 'refused', ...endOf(error), traceId, rowId: traceId })
  }

  return {
    ...calls,
    send(call) {
      const { device, operation, asked = {}, timeoutMs } = call
      const message = readMessage(call)
      const command = {
        operation,
        method: bytesOperations.includes(operation) ? '' : call.method,
        params: asked.params ?? message.params,
        unchecked: asked.unchecked ?? false,
        timeoutMs,
        origin: asked.byPlatform ? 'platform' as const : origin(),
      }
      try {
        const open = calls.send(call)
        const { sentAt: at, traceId, rowId, result } = open
        const commandId = history.begin({ ...command, deviceId: device.deviceId, at, state: 'open', messageId: message.id, traceId, rowId })
        result.then(
          ({ code, message: text, data, payload, at: answeredAt }) => history.end(commandId, { state: 'answered', code, message: text, data: command.method === '' ? { payloadBase64: Buffer.from(payload).toString('base64') } : data, answeredAt }),
          (error: unknown) => {
            // The engine is stopping; the next run says what became of it.
            if (!(error instanceof AppError && error.code === 'call/cancelled'))
              history.end(commandId, { state: error instanceof AppError && error.code === 'script/failed' ? 'refused' : 'unanswered', ...endOf(error) })
          },
        )
        return open
      }
      catch (error) {
        if (error instanceof AppError)
          refused(device, error, command)
        throw error
      }
    },
    resume(call, traceId) {
      const commandId = call.id === null ? undefined : history.findOpen(call.device.deviceId, call.id)
      calls.resume(commandId === undefined
        ? call
        : { ...call, judge: (payload, answeredAt) => {
            const verdict = call.judge(payload, answeredAt)
            history.end(commandId, { state: 'answered', code: verdict.code, message: verdict.message, data: verdict.data, answeredAt })
            return verdict
          } }, traceId)
    },
    refuse(refusal) {
      const error = calls.refuse(refusal)
      refused(refusal.device, error, { operation: refusal.operation, method: refusal.method, params: refusal.params })
      return error
    },
    deny(device, operation, params, problem) {
      const error = calls.deny(device, operation, params, problem)
      refused(device, error, { operation, params })
      return error
    },
    note(device, operation, params, result) {
      const traceId = calls.note(device, operation, params, result)
      if (notedOperations.includes(operation)) {
        const { code = 200, message = 'success', data = null } = result ?? {}
        history.begin({ deviceId: device.deviceId, at: now(), operation, params, origin: origin(), state: 'stored', code, message, data, traceId, rowId: traceId })
      }
      return traceId
    },
  }
}

function endOf(error: unknown): Pick<CommandEnd, 'code' | 'message'> {
  return error instanceof AppError
    ? { code: Number(error.details.platformCode ?? 0), message: error.message }
    : { code: 0, message: String(error) }
}

/** The id and the parameters of a command, read from what is sent; bytes have their id in the topic. */
function readMessage({ message: { topic, payload } }: DeviceCall): { id: string | null, params: JsonValue } {
  const value = parseObject(payload)
  return {
    id: typeof value.id === 'string' ? value.id : /^\/ext\/rrpc\/(\d+)|\/rrpc\/request\/(\d+)$/.exec(topic)?.slice(1).find(Boolean) ?? null,
    params: value.params ?? null,
  }
}

function parseObject(payload: Uint8Array): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    return isJsonObject(value) ? value : {}
  }
  catch {
    return {}
  }
}
