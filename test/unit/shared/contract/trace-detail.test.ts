import type { ValidationIssue } from '../../../../src/shared/thing-model/issue.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainDetail, packDetail, unpackDetail } from '../../../../src/shared/contract/trace-detail.ts'

const topic = '/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post'
const method = 'thing.event.property.post'
const tooHot: ValidationIssue = { code: 6306, path: 'Temperature', rule: 'maximum', expected: '120 °C', got: '140' }

describe('unpackDetail', () => {
  it('gives a report without detail the ordinary steps in the platform\'s order', () => {
    expect(unpackDetail({ topic, direction: 'up', code: 200, detail: null })).toEqual({
      issues: [],
      steps: [
        { bizCode: 'uplink', operation: topic, code: 200 },
        { bizCode: 'ThingModel', operation: 'check', code: 200 },
        { bizCode: 'ThingModelMessage', operation: method, code: 200 },
        { bizCode: 'DataStorage', operation: method, code: 200 },
        { bizCode: 'downlink', operation: `${topic}_reply`, code: 200 },
      ],
    })
  })

  it.each([
    ['a reply', { topic: `${topic}_reply`, direction: 'down' as const, code: 200 }, [{ bizCode: 'downlink', operation: `${topic}_reply`, code: 200 }]],
    ['a custom topic', { topic: '/p/d/user/update', direction: 'up' as const, code: null }, [{ bizCode: 'uplink', operation: '/p/d/user/update', code: 200 }]],
    ['a login', { topic: 'online', direction: 'record' as const, code: 200 }, [{ bizCode: 'device', operation: 'online', code: 200 }]],
    ['a broken connection', { topic: 'offline', direction: 'record' as const, code: 1911 }, [{ bizCode: 'device', operation: 'offline', code: 1911 }]],
    ['a subscription', { topic: 'subscribe', direction: 'record' as const, code: 200 }, [{ bizCode: 'subscribe', operation: 'subscribe', code: 200 }]],
  ])('gives %s without detail one step', (_what, row, steps) => {
    expect(unpackDetail({ ...row, detail: null }).steps).toEqual(steps)
  })

  it('gives back issues with their sentences and steps with their operations', () => {
    const steps = [
      { bizCode: 'uplink', operation: topic, code: 200 },
      { bizCode: 'ThingModel', operation: 'check', code: 6306, message: 'because' },
      { bizCode: 'RuleEngine', operation: 'rule-7', code: 200 },
      { bizCode: 'downlink', operation: `${topic}_reply`, code: 200 },
    ]
    const detail = packDetail({ issues: [tooHot], steps }, topic)
    expect(detail).toBe('{"issues":[[6306,"Temperature","maximum","120 °C","140"]],"steps":[["uplink",200],["ThingModel",6306,"","because"],["RuleEngine",200,"rule-7"],["downlink",200]]}')
    expect(unpackDetail({ topic, direction: 'up', code: 6306, detail })).toEqual({
      issues: [{ ...tooHot, message: 'Temperature: 140 is above the maximum 120 °C that the thing model allows (6306).' }],
      steps,
    })
    expect(unpackDetail({ topic, direction: 'up', code: 6306, detail }, 'zh').issues[0]?.message).toContain('高于')
  })

  it('writes operations out when no topic is given', () => {
    const steps = [{ bizCode: 'downlink', operation: 't', code: 9201, message: 'The device was gone.' }]
    const detail = packDetail({ issues: [], steps })
    expect(unpackDetail({ topic: 'elsewhere', direction: 'down', code: 9201, detail }).steps).toEqual(steps)
  })

  it('undoes packing for any steps and issues', () => {
    const word = fc.string({ minLength: 1 })
    const step = fc.record({ bizCode: fc.oneof(fc.constantFrom('uplink', 'downlink', 'ThingModel', 'ThingModelMessage', 'DataStorage', 'device'), word), operation: word, code: fc.nat(), message: fc.string() })
    const issue = fc.record({ code: fc.nat(), path: fc.string(), rule: fc.constantFrom('type' as const, 'maximum' as const, 'not-json' as const), expected: fc.string(), got: fc.string() })
    fc.assert(fc.property(fc.array(step, { maxLength: 6 }), fc.array(issue, { maxLength: 6 }), (steps, issues) => {
      const row = { topic, direction: 'up' as const, code: 1, detail: packDetail({ issues, steps }, topic) }
      expect(unpackDetail(row).steps).toEqual(steps)
      expect(unpackDetail(row).issues.map(({ message: _, ...rest }) => rest)).toEqual(issues)
    }))
  })

  it.each(['', '{', 'null', '7', '"x"'])('takes the unreadable detail %j for none', (detail) => {
    expect(unpackDetail({ topic, direction: 'down', code: 200, detail })).toEqual({ issues: [], steps: [{ bizCode: 'downlink', operation: topic, code: 200 }] })
    expect(explainDetail(200, detail)).toBeNull()
  })
})

describe('explainDetail', () => {
  it('says the issues first, and how many are left', () => {
    const issues = Array.from({ length: 30 }, (_, index) => ({ ...tooHot, path: `T${index}` }))
    const detail = packDetail({ issues, moreIssues: 5, steps: [{ bizCode: 'uplink', operation: topic, code: 200, message: 'unused' }] }, topic)
    expect(explainDetail(6306, detail)).toBe([
      ...[0, 1, 2].map(index => `T${index}: 140 is above the maximum 120 °C that the thing model allows (6306).`),
      'And 32 more.',
    ].join(' '))
    expect(unpackDetail({ topic, direction: 'up', code: 6306, detail }).issues).toHaveLength(20)
  })

  it('says what the failing step said', () => {
    const detail = packDetail({ issues: [], steps: [{ bizCode: 'device', operation: 'online', code: 6287, message: 'The signature is wrong.' }] })
    expect(explainDetail(6287, detail)).toBe('The signature is wrong.')
  })

  it('says what was noticed about an accepted message', () => {
    const detail = packDetail({ issues: [], notices: [{ code: 200, path: '', rule: 'cloud-limit', expected: '200', got: '250' }], steps: [] })
    expect(explainDetail(200, detail)).toBe('The report has 250 properties; the cloud would refuse more than 200 with 6106.')
  })

  it('says what the code means when nothing else is known', () => {
    expect(explainDetail(1911, null)).toMatch(/^Offline, connection broken \(1911\)\. The connection ended without a DISCONNECT/)
    expect(explainDetail(1911, null, 'zh')).toMatch(/^离线：连接断开（1911）。/)
    expect(explainDetail(9602, null)).toBe('Connection closed by the platform (9602). The platform moved the consumer; it has to reconnect and loses nothing.')
  })

  it('has nothing to say about success and about messages without a verdict', () => {
    expect([explainDetail(200, null), explainDetail(null, null)]).toEqual([null, null])
  })
})
