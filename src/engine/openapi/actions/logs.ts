import type { MethodInput } from '../../../shared/contract/contract.ts'
import type { Action, ActionContext } from '../action.ts'
import { logLevels } from '../../../shared/alink/device-log.ts'
import { logTypes } from '../../../shared/log/business-types.ts'
import { action } from '../action.ts'
import { deviceByIotId } from '../device-by-iot-id.ts'
import { boolean, initially, integer, invalid, text, texts } from '../parameter.ts'

type LogFilter = NonNullable<MethodInput<'log.search'>['filter']>

const filter = {
  IotId: text('Only records of the device with this IotId; wins over ProductKey and DeviceName.'),
  ProductKey: text('Only records of this product.'),
  DeviceName: text('Only records of devices of this name.'),
  StartTime: integer('Epoch milliseconds, included.'),
  EndTime: integer('Epoch milliseconds, included.'),
}
const paged = {
  PageSize: initially(integer('How many at most.', { min: 1, max: 1_000, code: 'iot.common.InvalidPageParams' }), 50),
  NextToken: text('Where the page before ended, as its answer says.'),
}

/** The platform's log and devices' own logs, which the cloud shows in its console only. */
export const logActions: Action[] = [
  action({
    name: 'QueryDeviceLog',
    group: 'log',
    isLocal: true,
    about: 'Searches the platform\'s log, newest first. The records of one message stay together, so a page can hold a few more than asked for; a search that takes long ends early, possibly without a record, and NextToken goes on.',
    parameters: {
      ...filter,
      TraceId: text('The journey of one message: 16 hex digits.'),
      MessageId: text('The platform\'s id of one message.'),
      Keyword: text('Part of the content or of the operation, any case.'),
      State: text('successful: code 200; failed: any other one.', { oneOf: ['successful', 'failed'] }),
      BizCode: texts(`Any of these business types: ${logTypes.join(', ')}.`),
      Operation: text('Part of the operation, any case.'),
      Asc: initially(integer('1: oldest first.', { oneOf: [0, 1] }), 0),
      ...paged,
    },
    answer: { Data: { List: { LogInfo: [{ BizCode: 's', Code: 'i', Content: 's', DeviceName: 's', MessageId: 's', Operation: 's', ProductKey: 's', Time: 'l', TraceId: 's' }] }, NextToken: 's', NextValid: 'b' } },
    async run({ Asc, PageSize: limit, NextToken, ...wanted }, { call }) {
      const named = await findNamed(wanted, call)
      const from = NextToken === undefined ? undefined : readToken(NextToken, /^(\d{1,16})$/)[0]
      const place = Asc === 1 ? { after: from ?? 0 } : { before: from }
      const { records, nextId } = await call('log.search', { filter: { ...filterOf(wanted), ...named }, limit, ...place })
      const list = records.map(({ at, traceId, messageId, productKey, deviceName, bizCode, operation, code, content }) => ({ BizCode: bizCode, Code: code, Content: JSON.stringify(content), DeviceName: deviceName, MessageId: messageId ?? undefined, Operation: operation, ProductKey: productKey, Time: at, TraceId: traceId }))
      return { Data: { List: { LogInfo: list }, NextToken: nextId === null ? undefined : String(nextId), NextValid: nextId !== null } }
    },
  }),
  action({
    name: 'QueryDeviceLocalLog',
    group: 'log',
    isLocal: true,
    about: 'Lines of devices\' own logs, those reported last first.',
    parameters: {
      ...filter,
      TraceContext: text('The exact chain, as the device names it.'),
      Module: text('The exact module.'),
      Keyword: text('Part of the text or of the code, any case.'),
      Level: text('The level of the lines.', { oneOf: logLevels }),
      OrWorse: initially(boolean('With Level: more severe lines too.'), false),
      ...paged,
    },
    answer: { Data: { List: { LogInfo: [{ Code: 's', Content: 's', DeviceName: 's', Level: 's', Module: 's', ProductKey: 's', Time: 'l', TraceContext: 's', UtcTime: 'l' }] }, NextToken: 's', NextValid: 'b' } },
    async run({ StartTime: fromAt, EndTime: toAt, TraceContext: traceContext, Module: module, Keyword: keyword, Level, OrWorse: orWorse, PageSize: limit, NextToken, ...wanted }, { call }) {
      const named = await findNamed(wanted, call)
      const level = logLevels.find(one => one === Level)
      const [at, id] = NextToken === undefined ? [] : readToken(NextToken, /^(\d{1,16})_(\d{1,16})$/)
      const before = at === undefined || id === undefined ? undefined : { at, id }
      const { lines, next } = await call('deviceLog.page', { ...named, fromAt, toAt, traceContext, module, keyword, level, orWorse, limit, before })
      const list = lines.map(line => ({ Code: line.code, Content: line.content, DeviceName: line.deviceName, Level: line.level, Module: line.module, ProductKey: line.productKey, Time: line.reportedAt, TraceContext: line.traceContext, UtcTime: line.collectedAt ?? undefined }))
      return { Data: { List: { LogInfo: list }, NextToken: next === null ? undefined : `${next.at}_${next.id}`, NextValid: next !== null } }
    },
  }),
]

/** Whose records are wanted. */
async function findNamed({ IotId, ProductKey, DeviceName }: Record<'IotId' | 'ProductKey' | 'DeviceName', string | undefined>, call: ActionContext['call']): Promise<{ productKey: string | undefined, deviceName: string | undefined }> {
  return IotId === undefined ? { productKey: ProductKey, deviceName: DeviceName } : deviceByIotId(IotId, call)
}

interface Wanted {
  StartTime: number | undefined
  EndTime: number | undefined
  TraceId: string | undefined
  MessageId: string | undefined
  Keyword: string | undefined
  State: string | undefined
  BizCode: string[] | undefined
  Operation: string | undefined
}

function filterOf({ StartTime, EndTime, TraceId, MessageId, Keyword, State, BizCode, Operation }: Wanted): LogFilter {
  const bizCodes = BizCode?.map((named) => {
    const known = logTypes.find(one => one === named)
    if (known === undefined)
      throw invalid('BizCode', {}, `one of ${logTypes.join(', ')}`, named)
    return known
  })
  return {
    fromAt: StartTime,
    toAt: EndTime,
    traceId: TraceId,
    messageId: MessageId,
    keyword: Keyword,
    state: State === 'failed' ? 'failed' : State === 'successful' ? 'successful' : undefined,
    bizCodes,
    operation: Operation,
  }
}

/** The numbers in a token. @throws GatewayFailure for one that no answer has given. */
function readToken(token: string, form: RegExp): number[] {
  const found = form.exec(token)
  if (found === null)
    throw invalid('NextToken', {}, 'what the answer before this one gave', token)
  return found.slice(1).map(Number)
}
