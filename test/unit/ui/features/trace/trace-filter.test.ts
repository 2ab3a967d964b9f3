import { describe, expect, it } from 'vitest'
import { traceFilterSchema } from '../../../../../src/shared/contract/trace.ts'
import { toTraceFilter, traceFields, valuesFromQuery } from '../../../../../src/ui/features/trace/trace-filter.ts'

const now = new Date(2025, 10, 21, 14, 3, 22).getTime()
const words = (key: string): string => key
const fields = traceFields(words, [{ productKey: 'pk1', name: 'Lamp' }], () => now)

describe('chips as a query', () => {
  it('say everything that the engine can filter by, and nothing it would refuse', () => {
    const filter = toTraceFilter({ product: 'pk1', device: 'sim-0001', topic: 'post', dir: 'up', code: '6320', text: 'low', from: '14:00', to: '1735689600000' }, now)
    expect(filter).toEqual({ productKey: 'pk1', deviceName: 'sim-0001', topic: 'post', direction: 'up', code: 6320, text: 'low', fromAt: new Date(2025, 10, 21, 14).getTime(), toAt: 1_735_689_600_000 })
    expect(traceFilterSchema.safeParse(filter).success).toBe(true)
    expect(toTraceFilter({ code: 'failed' }, now)).toEqual({ code: 'failed' })
    expect(toTraceFilter({}, now)).toEqual({})
  })

  it('come from the address, where a wrong value is left out', () => {
    expect(valuesFromQuery({ device: 'sim-0001', code: 'nonsense', dir: 'sideways', product: 'unknown1', other: 'x', text: '' }, fields)).toEqual({ device: 'sim-0001', product: 'unknown1' })
    expect(valuesFromQuery({ from: String(now) }, fields)).toEqual({ from: '2025-11-21T14:03:22' })
  })

  it('have a rule for every text', () => {
    const check = (key: string, text: string) => fields.find(field => field.key === key)!.check!(text)
    expect([check('code', '6320'), check('code', 'failed'), check('device', 'x')]).toEqual([null, null, null])
    expect([check('code', 'x'), check('text', 'x'.repeat(257)), check('from', 'noon')]).toEqual(['trace.expectedCode', 'trace.expectedLength', 'trace.expectedTime'])
  })
})
