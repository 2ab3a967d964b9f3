import type { UnfoldedRow } from '../../../../src/shared/log/unfold.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packDetail } from '../../../../src/shared/contract/trace-detail.ts'
import { businessTypeOfMethod, businessTypes } from '../../../../src/shared/log/business-types.ts'
import { messageIdOf, rowIdOfTrace, rowsOfMessageId, traceIdOf } from '../../../../src/shared/log/message-id.ts'
import { recordSteps, unfoldRecords } from '../../../../src/shared/log/unfold.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
function decode(bytes: Uint8Array): string | null {
  try {
    const text = decoder.decode(bytes)
    return text.includes('\0') ? null : text
  }
  catch {
    return null
  }
}

const topic = '/sys/a1/lamp/thing/event/property/post'
function rowOf(row: Partial<Omit<UnfoldedRow, 'payload'>> & { payload?: string | Uint8Array }): UnfoldedRow {
  const { payload = '{"id":"7","params":{"T":1}}', ...rest } = row
  return { id: 7_000_000_000_000_000, at: 1, direction: 'up', productKey: 'a1', deviceName: 'lamp', topic, qos: 1, code: 200, detail: null, causeId: null, payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload, ...rest }
}

describe('a row unfolded', () => {
  it('leaves the reply to the row of the reply', () => {
    expect(unfoldRecords(rowOf({}), decode).map(({ bizCode, place, messageId, content }) => ({ bizCode, place, messageId, content }))).toMatchInlineSnapshot(`
      [
        {
          "bizCode": "uplink",
          "content": {
            "Content": "Publish message to topic:/sys/a1/lamp/thing/event/property/post, QoS=1, protocolMessageId:7, 27 bytes",
            "Params": {
              "id": "7",
              "params": {
                "T": 1,
              },
            },
            "TraceId": "0018de76816d8000",
          },
          "messageId": "7000000000000000",
          "place": 0,
        },
        {
          "bizCode": "ThingModel",
          "content": {
            "Params": {
              "T": 1,
            },
            "TraceId": "0018de76816d8000",
          },
          "messageId": null,
          "place": 1,
        },
        {
          "bizCode": "ThingModelMessage",
          "content": {
            "Params": {
              "T": 1,
            },
            "TraceId": "0018de76816d8000",
          },
          "messageId": null,
          "place": 2,
        },
        {
          "bizCode": "DataStorage",
          "content": {
            "Params": {
              "T": 1,
            },
            "TraceId": "0018de76816d8000",
          },
          "messageId": null,
          "place": 3,
        },
      ]
    `)
  })

  it('carries the message of a failure on the failed records only', () => {
    const detail = packDetail({ issues: [{ code: 6306, path: 'T', rule: 'type', expected: 'int', got: '"x"' }], steps: [{ bizCode: 'uplink', operation: topic, code: 200 }, { bizCode: 'ThingModel', operation: 'check', code: 6306 }] }, topic)
    expect(unfoldRecords(rowOf({ code: 6306, detail }), decode).map(({ code, content }) => [code, content.Message])).toEqual([
      [200, undefined],
      [6306, 'T: "x" is not a whole number of 32 bits (int) (6306).'],
    ])
  })

  it('shows what a device answered as the result of the call', () => {
    const detail = packDetail({ issues: [], steps: [{ bizCode: 'ThingService', operation: 'thing.service.property.set', code: 500, message: 'no' }] })
    const [record] = unfoldRecords(rowOf({ code: 500, detail, causeId: 4096, payload: '{"id":"7","code":500,"data":{}}' }), decode)
    expect(record).toMatchObject({ traceId: '0000000000001000', content: { Message: 'no', ResultData: { code: 500, data: {} } } })
  })

  it('gives a request its business type by its method', () => {
    const detail = packDetail({ issues: [], steps: [{ bizCode: 'ThingModelMessage', operation: 'thing.config.get', code: 200 }, { bizCode: 'ThingModelMessage', operation: 'thing.config.log.get', code: 200 }] })
    expect(recordSteps(rowOf({ detail }), decode).map(({ bizCode }) => bizCode)).toEqual(['RemoteConfig', 'Other'])
    expect(businessTypes).toHaveLength(19)
    expect(businessTypeOfMethod('thing.event.property.post')).toBe('ThingModelMessage')
  })

  it.each([
    ['an online record', { direction: 'record', topic: 'online', payload: '{"clientId":"x"}' }, ['device', 'online', { clientId: 'x' }]],
    ['a subscription', { direction: 'record', topic: 'subscribe', payload: '{"filter":"/a/#","granted":1}' }, ['subscribe', '/a/#', { filter: '/a/#', granted: 1 }]],
    ['raw bytes', { topic: '/a1/lamp/user/x', payload: new Uint8Array([0, 255]), code: null }, ['uplink', '/a1/lamp/user/x', '00ff']],
  ] as const)('shows %s with its content', (_what, row, [bizCode, operation, params]) => {
    expect(unfoldRecords(rowOf(row), decode)).toMatchObject([{ bizCode, operation, code: 200, content: { Params: params } }])
  })

  it('cuts a long payload between two characters', () => {
    const [record] = unfoldRecords(rowOf({ topic: '/a1/lamp/user/x', code: null, payload: `a${'温'.repeat(3_000)}` }), decode)
    expect(record!.content.Params).toBe(`a${'温'.repeat(1_365)}… (9001 bytes)`)
  })

  it('never throws, whatever is kept', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.option(fc.string()), fc.constantFrom('up' as const, 'down' as const, 'record' as const), fc.string(), (payload, detail, direction, anyTopic) => {
      for (const record of unfoldRecords(rowOf({ payload, detail, direction, topic: anyTopic }), decode))
        expect(record.content.TraceId).toHaveLength(16)
    }))
  })
})

describe('ids of the log', () => {
  it('lead back to the row that began a journey', () => {
    expect(rowIdOfTrace(traceIdOf(7_000_000_000_000_001))).toBe(7_000_000_000_000_001)
    expect(rowIdOfTrace(' 1f ')).toBe(31)
    expect(['', 'xyz', '12345678901234567'].map(rowIdOfTrace)).toEqual([null, null, null])
  })

  it('tell where a message is: at its row, or near the time in a command\'s own id', () => {
    expect(messageIdOf({ id: 5, topic }, '{"id":"1735689600000000001","version":"1.0"}')).toBe('1735689600000000001')
    expect(messageIdOf({ id: 5, topic: '/sys/a/b/rrpc/request/1735689600000000002' }, null)).toBe('1735689600000000002')
    expect(messageIdOf({ id: 5, topic }, '{"id":"7"}')).toBe('5')
    expect(rowsOfMessageId('5')).toEqual({ first: 5, last: 5 })
    const range = rowsOfMessageId('1735689600000000001')!
    expect(range.first).toBeLessThan(1_735_689_600_000 * 4096)
    expect(range.last).toBeGreaterThan(1_735_689_600_000 * 4096)
    expect(rowsOfMessageId('one')).toBeNull()
  })
})
