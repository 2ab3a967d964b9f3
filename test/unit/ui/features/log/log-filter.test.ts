import { describe, expect, it } from 'vitest'
import { logFilterSchema } from '../../../../../src/shared/contract/log.ts'
import { deviceLogFields, logFields, toDeviceLogQuery, toLogFilter, valuesFromQuery } from '../../../../../src/ui/features/log/log-filter.ts'
import { parseFilter } from '../../../../../src/ui/kit/filter/parse-filter.ts'

const now = new Date(2025, 10, 21, 14, 3, 22).getTime()
const words = (key: string): string => key
const lists = { products: [{ productKey: 'a1Lamp', name: 'Lamp' }], now: () => now }
const fields = logFields(words, lists)

describe('a search typed into the platform\'s log', () => {
  it('says every condition of the rulebook, in words that the engine takes', () => {
    const { values, problems } = parseFilter('device:lamp type:thingmodel state:failed op:check trace:1f message:77 product:a1Lamp from:14:00 to:14:30 "too hot"', fields)
    expect(problems).toEqual([])
    const filter = toLogFilter(values, now)
    expect(filter).toEqual({
      productKey: 'a1Lamp',
      deviceName: 'lamp',
      keyword: 'too hot',
      fromAt: new Date(2025, 10, 21, 14).getTime(),
      toAt: new Date(2025, 10, 21, 14, 30).getTime(),
      traceId: '1f',
      messageId: '77',
      state: 'failed',
      bizCodes: ['ThingModel'],
      operation: 'check',
    })
    expect(logFilterSchema.safeParse(filter).success).toBe(true)
  })

  it('comes back from the address, without what breaks a rule', () => {
    expect(valuesFromQuery({ device: 'lamp', state: 'sideways', type: 'uplink', from: 'yesterday', other: 'x' }, fields)).toEqual({ device: 'lamp', type: 'uplink' })
  })
})

it('brings the worse levels along in a search of devices\' own logs, and OTHER alone', () => {
  const { values } = parseFilter('level:WARN module:MQTT trace:t-1 reset', deviceLogFields(words, lists))
  expect(toDeviceLogQuery(values, now)).toEqual({ level: 'WARN', orWorse: true, module: 'MQTT', traceContext: 't-1', keyword: 'reset' })
  expect(toDeviceLogQuery({ level: 'OTHER' }, now)).toEqual({ level: 'OTHER', orWorse: false })
})
