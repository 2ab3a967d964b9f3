import type { EngineApi } from '../../shared/contract/contract.ts'
import type { ApiCall, ApiCallDetail } from '../../shared/contract/openapi.ts'
import type { Store } from '../store/types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { traceIdOf } from '../../shared/log/message-id.ts'
import { deleteOldApiCalls, insertApiCall, selectApiCall, selectApiCalls, selectNewestApiCall } from './rows.ts'

/** A call that is over, before it is numbered. */
export type EndedCall = Omit<ApiCallDetail, 'callId' | 'traceId'>

export interface Recorder {
  /** Queues a call to be kept; returns its id at once. */
  keep: (call: EndedCall) => number
  methods: Pick<EngineApi['methods'], 'openapi.calls' | 'openapi.callDetail'>
}

/** Calls between two clearances of old ones. */
const trimEvery = 100

/** Keeps the newest calls of the API with what was asked and answered; `onCall` hears of each. */
export async function openRecorder(store: Pick<Store, 'read' | 'upsert'>, onCall: (call: ApiCall) => void): Promise<Recorder> {
  const [newest] = await store.read(selectNewestApiCall, [])
  let lastId = newest?.callId ?? 0
  return {
    keep(call) {
      const callId = ++lastId
      const { parameters, ignored, answer, ...rest } = call
      store.upsert(`apiCall/${callId}`, {
        statement: insertApiCall,
        params: [
          callId,
          call.requestId,
          call.at,
          call.action,
          call.style,
          call.httpMethod,
          call.accessKeyId,
          call.remoteAddress,
          call.status,
          call.code,
          call.message,
          call.elapsedMs,
          call.traceRowId,
          call.device?.productKey ?? null,
          call.device?.deviceName ?? null,
          JSON.stringify(cutValues(parameters)),
          JSON.stringify(ignored),
          cut(answer, limits.apiCallAnswerCharsMax),
        ],
      })
      if (callId % trimEvery === 0)
        store.upsert('apiCall.trim', { statement: deleteOldApiCalls, params: [callId - limits.apiCallsKeptMax] })
      onCall({ ...rest, callId, traceId: traceIdOf(call.traceRowId) })
      return callId
    },
    methods: {
      'openapi.calls': async ({ action, search, state, before, limit }) => {
        const [wanted, text, failed] = [action ?? null, search?.toLowerCase() ?? null, state === undefined ? null : Number(state === 'failed')]
        const calls = await store.read(selectApiCalls, [before ?? Number.MAX_SAFE_INTEGER, wanted, wanted, text, text, failed, failed, limit])
        return { calls, nextId: calls.length === limit ? calls.at(-1)!.callId : null, keptMax: limits.apiCallsKeptMax }
      },
      'openapi.callDetail': async ({ callId }) => {
        const [call] = await store.read(selectApiCall, [callId])
        if (!call)
          throw new AppError('call/not-found', `There is no call ${callId}, or it is no longer kept: the newest ${limits.apiCallsKeptMax} are.`, { callId })
        return call
      },
    },
  }
}

function cut(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax)}… (${text.length} characters)` : text
}

/** Keeps small values whole and the beginnings of large ones. */
function cutValues(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).slice(0, limits.apiCallParametersMax).map(([name, value]) => [name, cut(value, limits.apiCallValueCharsMax)]))
}
