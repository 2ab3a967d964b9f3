import { describe, expect, it } from 'vitest'
import { deviceLogMethods } from '../../../../src/shared/contract/device-log.ts'
import { logFilterSchema } from '../../../../src/shared/contract/log.ts'
import { traceFilterSchema } from '../../../../src/shared/contract/trace.ts'
import { parseFilter } from '../../../../src/shared/filter/language.ts'
import { boundsOf, toDeviceLogQuery, toLogFilter, toTraceFilter } from '../../../../src/shared/filter/list-queries.ts'
import { expectedEn, filterRules } from '../../../../src/shared/filter/list-rules.ts'
import { formatSpan, parseSpan } from '../../../../src/shared/filter/parse-span.ts'

const now = new Date(2025, 10, 21, 14, 3, 22).getTime()
const at = (hours: number, minutes = 0): number => new Date(2025, 10, 21, hours, minutes).getTime()

function read(list: Parameters<typeof filterRules>[0], typed: string) {
  const { values, problems } = parseFilter(typed, filterRules(list, expectedEn, () => now))
  expect(problems).toEqual([])
  return values
}

describe('a filter as a query', () => {
  it('says every condition of the platform\'s log in words that the engine takes', () => {
    const filter = toLogFilter(read('log', 'device:lamp type:thingmodel,uplink state:failed op:check trace:1f message:77 product:a1Lamp lag>2s from:14:00 to:14:30 "too hot"'), now)
    expect(filter).toEqual({
      productKey: 'a1Lamp',
      deviceName: 'lamp',
      keyword: 'too hot',
      fromAt: at(14),
      toAt: at(14, 30),
      traceId: '1f',
      messageId: '77',
      lagAboveMs: 2_000,
      state: 'failed',
      bizCodes: ['ThingModel', 'uplink'],
      operation: 'check',
    })
    expect(logFilterSchema.safeParse(filter).success).toBe(true)
    expect(toLogFilter(read('log', 'code:6306'), now)).toEqual({ code: 6306 })
    expect(toLogFilter(read('log', 'type:faultinjection'), now)).toEqual({ bizCodes: ['FaultInjection'] })
    expect(toLogFilter(read('log', '-type:uplink'), now).bizCodes).toEqual(expect.arrayContaining(['FaultInjection', 'downlink']))
    expect(toLogFilter(read('log', 'code:ok'), now)).toEqual({ state: 'successful' })
    expect(toLogFilter(read('log', '-code:200'), now)).toEqual({ state: 'failed' })
    expect(toLogFilter(read('log', '-type:uplink,downlink'), now).bizCodes).not.toContain('uplink')
    expect(toLogFilter(read('log', 'type:uplink,OTA -type:uplink'), now).bizCodes).toEqual(['OTA'])
  })

  it('says every condition of the messages', () => {
    const filter = toTraceFilter(read('trace', 'product:pk1 device:sim-0001 topic:post dir:up answered:NO code:6320 trace:1f message:9 lag>500ms low'), now)
    expect(filter).toEqual({ productKey: 'pk1', deviceName: 'sim-0001', topic: 'post', direction: 'up', answered: false, code: 6320, traceId: '1f', messageId: '9', lagAboveMs: 500, text: 'low' })
    expect(traceFilterSchema.safeParse(filter).success).toBe(true)
    expect([toTraceFilter({ code: 'ok' }, now), toTraceFilter({ '-code': '200' }, now), toTraceFilter({}, now)]).toEqual([{ code: 200 }, { code: 'failed' }, {}])
  })

  it('narrows devices\' own logs to one level, or brings the worse ones along where that is asked for', () => {
    const query = toDeviceLogQuery(read('deviceLog', 'level>=WARN module:MQTT trace:t-1 reset'), now)
    expect(query).toEqual({ level: 'WARN', orWorse: true, module: 'MQTT', traceContext: 't-1', keyword: 'reset' })
    expect(deviceLogMethods['deviceLog.page'].input.safeParse(query).success).toBe(true)
    expect(toDeviceLogQuery(read('deviceLog', 'level:OTHER'), now)).toEqual({ level: 'OTHER', orWorse: false })
    expect(parseFilter('level>=OTHER', filterRules('deviceLog', expectedEn, () => now)).problems).toEqual([{ kind: 'value', key: 'level', expected: 'level:OTHER', got: '>=OTHER' }])
  })

  it('reaches back from now, or from where it ends', () => {
    expect(boundsOf({ last: '15m' }, now)).toEqual({ fromAt: now - 900_000 })
    expect(boundsOf({ last: '1h', to: '14:00' }, now)).toEqual({ fromAt: at(13), toAt: at(14) })
    expect(boundsOf({ last: '1h', from: '14:00' }, now)).toEqual({ fromAt: at(14) })
  })

  it('keeps a time of day with its date, so that a link means the same tomorrow', () => {
    expect(read('trace', `from:14:00 to:${at(14, 30) + 1_250}`)).toEqual({ from: '2025-11-21T14:00', to: '2025-11-21T14:30:01.250' })
  })
})

it('reads spans of time and writes them in their largest unit', () => {
  expect(['500ms', '250', '2.5s', '15M', '2h', '7d'].map(parseSpan)).toEqual([500, 250, 2_500, 900_000, 7_200_000, 604_800_000])
  expect(['', '0s', 'soon', '-1s', '99999999999d'].map(parseSpan)).toEqual([null, null, null, null, null])
  expect([500, 2_500, 60_000, 900_000, 7_200_000, 604_800_000].map(formatSpan)).toEqual(['500ms', '2500ms', '1m', '15m', '2h', '7d'])
})
