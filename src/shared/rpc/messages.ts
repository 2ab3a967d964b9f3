import type { ErrorValue } from '../errors.ts'
import { isJsonObject } from '../json.ts'

/**
 * The messages of the RPC protocol, the same on every wire; `docs/decisions/2026-11-21-rpc.md` says why it is our own.
 *
 * The engine speaks first (`hello`). Ids are chosen by the caller, grow, and are never used twice on one port; calls and
 * subscriptions share them. A call is answered by exactly one `result` or `error`. A subscription yields `item`s, one for
 * each credit it was given, then one `end` or `error`. `cancel` withdraws either and is not answered.
 */
export const rpcProtocol = 1

export interface HelloMessage {
  t: 'hello'
  protocol: number
  /** Differs after every start of the engine. */
  engineId: string
}

export type EngineMessage
  = | HelloMessage
    | { t: 'result', id: number, value: unknown }
    | { t: 'error', id: number, error: ErrorValue }
    | { t: 'item', id: number, value: unknown }
    | { t: 'end', id: number }

export type CallerMessage
  = | { t: 'call', id: number, method: string, input: unknown }
    | { t: 'subscribe', id: number, stream: string, input: unknown, credit: number }
    | { t: 'credit', id: number, count: number }
    | { t: 'cancel', id: number }

/** What one side may be given at once; more than this is a mistake or an attack. */
const creditMax = 1_000_000

/** A message from a caller, or undefined when it is none of the protocol's. */
export function parseCallerMessage(message: unknown): CallerMessage | undefined {
  if (!isJsonObject(message) || !isId(message.id))
    return undefined
  const { t, id } = message
  // The input is untrusted still and may hold typed arrays; the method's schema checks it.
  const input: unknown = message.input
  switch (t) {
    case 'call':
      return typeof message.method === 'string'
        ? { t, id, method: message.method, input }
        : undefined
    case 'subscribe':
      return typeof message.stream === 'string' && isCredit(message.credit)
        ? {
            t,
            id,
            stream: message.stream,
            input,
            credit: message.credit,
          }
        : undefined
    case 'credit':
      return isCredit(message.count)
        ? { t, id, count: message.count }
        : undefined
    case 'cancel':
      return { t, id }
    default:
      return undefined
  }
}

/** A message from the engine, or undefined when it is none of the protocol's. */
export function parseEngineMessage(message: unknown): EngineMessage | undefined {
  if (!isJsonObject(message))
    return undefined
  const { t, id } = message
  if (t === 'hello') {
    return typeof message.protocol === 'number' && typeof message.engineId === 'string'
      ? { t, protocol: message.protocol, engineId: message.engineId }
      : undefined
  }
  if (!isId(id))
    return undefined
  const value: unknown = message.value
  switch (t) {
    case 'result':
    case 'item':
      return { t, id, value }
    case 'error':
      return isErrorValue(message.error)
        ? { t, id, error: message.error }
        : undefined
    case 'end':
      return { t, id }
    default:
      return undefined
  }
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isCredit(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= creditMax
}

function isErrorValue(value: unknown): value is ErrorValue & Record<string, never> {
  return isJsonObject(value) && typeof value.code === 'string' && typeof value.message === 'string' && isJsonObject(value.details)
}
