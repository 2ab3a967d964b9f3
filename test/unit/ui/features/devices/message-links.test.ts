import type { TraceRow } from '../../../../../src/shared/contract/trace.ts'
import { expect, it } from 'vitest'
import { mostLikely, rowLink, traceLink } from '../../../../../src/ui/features/devices/message-links.ts'

const identity = { productKey: 'pk', deviceName: 'lamp' }
const row = (id: number, topic: string, preview = ''): TraceRow => ({ id, at: 0, direction: 'up', ...identity, topic, qos: 0, payloadBytes: 0, preview, code: 200, causeId: null })

it('leads to one row among the messages of its device', () => {
  expect(rowLink(identity, 42)).toEqual({ name: 'device', params: { ...identity, tab: 'messages' }, query: { message: '42' } })
})

it('leads to the trace of a device, with times widened to whole seconds', () => {
  expect(traceLink(identity)).toEqual({ name: 'trace', query: { product: 'pk', device: 'lamp' } })
  expect(traceLink(identity, { topic: 'thing/event', fromAt: 1_999, toAt: 3_001, code: 'failed' })).toEqual({ name: 'trace', query: { product: 'pk', device: 'lamp', topic: 'thing/event', code: 'failed', from: '1000', to: '4000' } })
})

it('takes of several messages of one millisecond the one that names what is looked for', () => {
  expect(mostLikely([row(3, 'a/property/post'), row(2, 'a/event/overheat/post'), row(1, 'b')], 'overheat')?.id).toBe(2)
  expect(mostLikely([row(3, 'a', '{"overheat":1}'), row(1, 'b')], 'overheat')?.id).toBe(3)
  expect(mostLikely([row(3, 'a'), row(1, 'b')], 'overheat')?.id).toBe(1)
  expect(mostLikely([], 'overheat')).toBeNull()
})
