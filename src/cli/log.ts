import type { ApiClient, MethodInput, MethodOutput } from '../shared/contract/contract.ts'
import type { DeviceLogLine } from '../shared/contract/device-log.ts'
import type { ListPosition } from '../shared/contract/event.ts'
import type { LogFilterInput, LogRecord } from '../shared/contract/log.ts'
import type { Output } from './output.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { logLevels } from '../shared/alink/device-log.ts'
import { toDeviceLogQuery, toLogFilter } from '../shared/filter/list-queries.ts'
import { logTypes } from '../shared/log/business-types.ts'
import { command, UsageError } from './command.ts'
import { filterOption, readFilter, viewOption } from './filter-words.ts'
import { instant } from './instant.ts'
import { oneLine } from './one-line.ts'
import { anyText, flag, jsonOption, oneOf, optional, wholeNumber, withDefault } from './option.ts'
import { describePosition } from './scan-position.ts'
import { watchStopSignals } from './stop-signal.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench log`: the platform's log by the conditions of its console, or with `--local` the devices' own log. */
export const log = command({
  path: ['log'],
  about: 'Search the platform\'s log, or with --local the logs that devices report; oldest first.',
  positionals: [filterOption],
  options: {
    product: optional(anyText, { about: 'Only records of this product.', placeholder: 'PRODUCT-KEY' }),
    device: optional(anyText, { about: 'Only records of devices of this name.', placeholder: 'NAME' }),
    trace: optional(anyText, { about: 'Only the chain of one message.', placeholder: 'TRACE-ID' }),
    message: optional(anyText, { about: 'Only the message with this id; only messages up and down have one.', placeholder: 'MESSAGE-ID' }),
    lag: optional(wholeNumber(0, 1_000_000_000), { about: 'Only messages more than MS milliseconds after the one that began their chain: late replies.', placeholder: 'MS' }),
    keyword: optional(anyText, { about: 'Only records that contain this.', placeholder: 'TEXT' }),
    state: optional(oneOf('all', 'successful', 'failed'), { about: 'successful is code 200, failed any other one.', placeholder: 'STATE' }),
    type: optional(oneOf(...logTypes), { about: 'Only one business type: device, uplink, downlink, ThingModel …', placeholder: 'TYPE' }),
    operation: optional(anyText, { about: 'Only records with this in their operation.', placeholder: 'TEXT' }),
    from: optional(instant, { about: 'Not before this time.', placeholder: 'TIME' }),
    to: optional(instant, { about: 'Not after this time.', placeholder: 'TIME' }),
    last: withDefault(wholeNumber(1, 100_000), 100, { about: 'How many records.', placeholder: 'N' }),
    follow: flag('Go on printing records as they come; ends with Ctrl-C.'),
    local: flag('Search the logs that devices report themselves.'),
    level: optional(oneOf(...logLevels), { about: 'With --local: this level and worse ones; OTHER alone.', placeholder: 'LEVEL' }),
    module: optional(anyText, { about: 'With --local: only lines of this module.', placeholder: 'MODULE' }),
    view: viewOption,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench log --device kitchen --state failed', 'thingbench log --type ThingModel --last 20', 'thingbench log --local --level WARN', 'thingbench log device:kitchen code:failed last:1h', 'thingbench log --view "Refused logins"'],
  async run({ product, device, trace, message, lag, keyword, state, type, operation, from, to, last, follow, local, level, module, view, workspace, json }, words, output) {
    const common = {
      ...(product !== undefined && { productKey: product }),
      ...(device !== undefined && { deviceName: device }),
      ...(keyword !== undefined && { keyword }),
      ...(from !== undefined && { fromAt: from }),
      ...(to !== undefined && { toAt: to }),
    }
    if (local) {
      refuseOthers('--local', { message, lag, state, type, operation, follow: follow || undefined })
      const query = { ...common, ...(trace !== undefined && { traceContext: trace }), ...(module !== undefined && { module }), ...(level !== undefined && { level, orWorse: level !== 'OTHER' }) }
      const lines = await withWorkspace({ workspace }, async client => readLocal(client, { ...toDeviceLogQuery(await readFilter(client, 'deviceLog', words, view), Date.now()), ...query }, last))
      lines.forEach(line => json ? output.json({ ...line }) : output.line(describeLine(line)))
      return 0
    }
    refuseOthers('the platform\'s log', { level, module })
    const given: LogFilterInput = {
      ...common,
      ...(trace !== undefined && { traceId: trace }),
      ...(message !== undefined && { messageId: message }),
      ...(lag !== undefined && { lagAboveMs: lag }),
      ...(state !== undefined && state !== 'all' && { state }),
      ...(type !== undefined && { bizCodes: [type] }),
      ...(operation !== undefined && { operation }),
    }
    const print = (records: readonly LogRecord[]): void => records.forEach(record => json ? output.json({ ...record }) : describeRecord(record).forEach(output.line))
    await withWorkspace({ workspace }, async (client) => {
      const filter = { ...toLogFilter(await readFilter(client, 'log', words, view), Date.now()), ...given }
      const records = await readLast(client, filter, last, output)
      print(records)
      if (follow)
        await printNew(client, filter, records.at(-1)?.rowId ?? 0, print, output)
    })
    return 0
  },
})

/** Options that mean nothing where they are given are a mistake, not something to be silent about. */
function refuseOthers(where: string, given: Record<string, unknown>): void {
  const wrong = Object.keys(given).find(name => given[name] !== undefined)
  if (wrong !== undefined)
    throw new UsageError(`--${wrong} does not go with ${where}.`)
}

type LocalQuery = Omit<MethodInput<'deviceLog.page'>, 'before' | 'limit'>

/** Records of one answer of the engine. */
const recordsPerCall = 500

/** The last records that match, oldest first; what the engine leaves after its time limit is asked for again. */
async function readLast(client: ApiClient, filter: LogFilterInput, last: number, output: Output): Promise<LogRecord[]> {
  const found: LogRecord[] = []
  for (let before: number | null | undefined; before !== null && found.length < last;) {
    const page: MethodOutput<'log.search'> = await client.call('log.search', { filter, limit: Math.min(recordsPerCall, last), ...(before === undefined ? {} : { before }) })
    found.push(...page.records)
    before = page.nextId
    if (before !== null && found.length < last && output.watched)
      output.note(describePosition(page, found.length))
  }
  found.length = Math.min(found.length, last)
  return found.reverse()
}

const followMs = 500

async function printNew(client: ApiClient, filter: LogFilterInput, lastId: number, print: (records: readonly LogRecord[]) => void, output: Output): Promise<void> {
  using stop = watchStopSignals()
  let after = lastId
  while (output.wanted() && !stop.signal.aborted) {
    const { records, nextId } = await client.call('log.search', { filter, after, limit: recordsPerCall })
    print(records)
    after = nextId ?? records.at(-1)?.rowId ?? after
    if (nextId === null)
      await Promise.race([delay(followMs), stop.stopped])
  }
}

async function readLocal(client: ApiClient, query: LocalQuery, last: number): Promise<DeviceLogLine[]> {
  const found: DeviceLogLine[] = []
  for (let before: ListPosition | null | undefined; before !== null && found.length < last;) {
    const page: { lines: DeviceLogLine[], next: ListPosition | null } = await client.call('deviceLog.page', { ...query, limit: Math.min(recordsPerCall, last - found.length), ...(before === undefined ? {} : { before }) })
    found.push(...page.lines)
    before = page.next
  }
  return found.reverse()
}

function describeRecord({ at, traceId, productKey, deviceName, bizCode, operation, code, content }: LogRecord): string[] {
  const { TraceId: _, ...rest } = content
  const { Message: message, ...body } = rest
  return [
    `${new Date(at).toISOString()}  ${traceId}  ${oneLine(deviceName || productKey)}  ${bizCode}  ${oneLine(operation)}  ${code}`,
    ...(typeof message === 'string' ? [`  ${oneLine(message)}`] : []),
    `  ${oneLine(JSON.stringify(body))}`,
  ]
}

function describeLine({ reportedAt, collectedAt, traceContext, deviceName, level, levelWord, module, code, content }: DeviceLogLine): string {
  const shownLevel = level === 'OTHER' && levelWord !== '' ? `OTHER(${levelWord})` : level
  return oneLine(`${new Date(reportedAt).toISOString()}  ${collectedAt === null ? '-' : new Date(collectedAt).toISOString()}  ${traceContext || '-'}  ${deviceName}  ${shownLevel}  ${module || '-'}  ${code || '-'}  ${content}`)
}
