import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { KeptMessage } from '../../../shared/contract/message.ts'
import type { Store, StoredTrace, TraceFilter } from '../../store/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { messageIdOf, rowsOfMessageId } from '../../../shared/log/message-id.ts'

export interface MessageContext {
  store: Pick<Store, 'traces'>
  nameDevice: (deviceId: number) => { productKey: string, deviceName: string } | undefined
}

/** Rows that hold an id and may be the message of that id: an answer carries the id of its command too. */
const candidatesMax = 20
const searchMs = 2_000
/** What the record of a broadcast is called. */
const broadcastOperation = 'PubBroadcast'

const utf8 = new TextDecoder()

/** A message looked up by the platform's id (its API `QueryMessageInfo`). */
export function messageMethodHandlers({ store, nameDevice }: MessageContext): Pick<EngineApi['methods'], 'message.get'> {
  return {
    'message.get': async ({ messageId }, { signal }) => {
      const found = await find(store, messageId.trim(), signal)
      const row = found?.direction === 'record' && found.topic === broadcastOperation ? await firstSent(store, found, signal) : found
      if (row === undefined || row.direction === 'record')
        throw new AppError('message/not-found', `The trace has no message of the id ${messageId}: compare it with the id that the platform gave, or it is older than what is kept.`, { messageId })
      const { id, at, direction, topic, payload, code } = row
      return { messageId, traceId: id, at, direction, topic, payload, code, productKey: '', deviceName: '', ...identityOf(nameDevice(row.deviceId)) } satisfies KeptMessage
    },
  }
}

/** A broadcast goes by the id of its record; what was sent is in its journey, which began with the call where one is recorded. */
async function firstSent({ traces }: Pick<Store, 'traces'>, { id, at, causeId }: StoredTrace, signal: AbortSignal): Promise<StoredTrace | undefined> {
  const { rows } = await traces.page({ journeyId: causeId ?? id, direction: 'down', fromAt: at }, { after: id, limit: 1, timeLimitMs: searchMs }, signal)
  return rows[0]
}

/** The id is that of the row, or the one that a command to a device carries in its text or in its topic. */
async function find({ traces }: Pick<Store, 'traces'>, messageId: string, signal: AbortSignal): Promise<StoredTrace | undefined> {
  const range = rowsOfMessageId(messageId)
  if (range === null)
    return undefined
  if (range.first === range.last)
    return traces.get(range.first)
  const within: TraceFilter = { direction: 'down', fromAt: Math.floor(range.first / 4096), toAt: Math.floor(range.last / 4096), anywhere: [messageId] }
  const { rows } = await traces.page(within, { after: range.first - 1, limit: candidatesMax, timeLimitMs: searchMs }, signal)
  return rows.find(row => messageIdOf(row, utf8.decode(row.payload)) === messageId)
}

function identityOf(device: { productKey: string, deviceName: string } | undefined): { productKey: string, deviceName: string } | undefined {
  return device && { productKey: device.productKey, deviceName: device.deviceName }
}
