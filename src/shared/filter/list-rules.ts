import type { FilterRule } from './language.ts'
import { logLevels } from '../alink/device-log.ts'
import { productKeySchema } from '../contract/product.ts'
import { traceDirections } from '../contract/trace.ts'
import { logTypes } from '../log/business-types.ts'
import { localInstant, parseInstant } from './parse-instant.ts'
import { parseSpan } from './parse-span.ts'

/** The lists that have one filter language: messages, the platform's log, devices' own logs. */
export const filterLists = ['trace', 'log', 'deviceLog'] as const
export type FilterList = (typeof filterLists)[number]

/** What is said of a value that is no good, in the language of whoever typed it. */
export interface ExpectedWords {
  time: string
  key: string
  code: string
  lag: string
  span: string
  excludedCode: string
  length: (max: number) => string
}

/** The sentences of the command line. */
export const expectedEn: ExpectedWords = {
  time: 'a time such as 14:30, 2025-11-21T14:30 or epoch milliseconds',
  key: '1 to 32 letters or digits',
  code: 'a number, failed or ok',
  lag: 'lag>500ms, lag>2s or lag>1m',
  span: 'a span such as 30s, 15m, 2h or 7d',
  excludedCode: 'only -code:200 or -code:ok',
  length: max => `at most ${max} characters`,
}

/** The longest lag that the engine is asked for. */
const lagMsMax = 1e9

/** What each list can be filtered by (platform rules LOG-7, DLG-5 and DLG-13), in the order in which it is offered. */
export function filterRules(list: FilterList, expected: ExpectedWords, now: () => number): readonly FilterRule[] {
  const within = (max: number) => (text: string): string | null => text.length <= max ? null : expected.length(max)
  const instant = (key: 'from' | 'to'): FilterRule => ({
    key,
    check: text => parseInstant(text, now()) === null ? expected.time : null,
    // A time of day means another moment tomorrow, so it is kept with its date.
    canonical: text => localInstant(parseInstant(text, now())!),
  })
  const device: FilterRule = { key: 'device', aliases: ['devicename'], check: within(64) }
  const product: FilterRule = { key: 'product', aliases: ['productkey'], check: text => productKeySchema.safeParse(text).success ? null : expected.key }
  const topic: FilterRule = { key: 'topic', check: within(128) }
  const trace: FilterRule = { key: 'trace', aliases: ['traceid'], check: within(64) }
  const message: FilterRule = { key: 'message', aliases: ['messageid'], check: within(64) }
  const text: FilterRule = { key: 'text', aliases: ['keyword'], check: within(256) }
  const code: FilterRule = {
    key: 'code',
    aliases: ['state'],
    check: value => /^(?:-?\d{1,9}|failed|ok|successful)$/i.test(value) ? null : expected.code,
    canonical: value => value.toLowerCase().replace('successful', 'ok'),
    exclude: value => value === '200' || value === 'ok' ? null : expected.excludedCode,
  }
  const lag: FilterRule = { key: 'lag', comparisons: ['>'], check: value => value.startsWith('>') && (parseSpan(value.slice(1)) ?? Infinity) <= lagMsMax ? null : expected.lag }
  const times: FilterRule[] = [{ key: 'last', check: value => parseSpan(value) === null ? expected.span : null }, instant('from'), instant('to')]
  if (list === 'trace')
    return [device, topic, { key: 'dir', aliases: ['direction'], options: traceDirections.map(value => ({ value })) }, code, { key: 'answered', options: [{ value: 'no' }] }, text, trace, message, lag, product, ...times]
  if (list === 'log') {
    const type: FilterRule = { key: 'type', aliases: ['bizcode'], options: logTypes.map(value => ({ value })), isList: true, exclude: () => null }
    return [device, type, code, { key: 'op', aliases: ['operation'], check: within(256) }, text, trace, message, lag, product, ...times]
  }
  const level: FilterRule = { key: 'level', options: logLevels.map(value => ({ value })), comparisons: ['>='], takesColon: true, check: value => value === '>=OTHER' ? 'level:OTHER' : null }
  return [device, level, { key: 'module', check: within(256) }, text, trace, product, ...times]
}
