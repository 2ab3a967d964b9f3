import { describe, expect, it } from 'vitest'
import { buildLogSwitchPush, logSwitchData, parseLogPost, parseLogTime } from '../../../../src/shared/alink/device-log.ts'

describe('a device\'s own log', () => {
  it('is read line by line', () => {
    expect(parseLogPost([{ utcTime: '2025-01-01T00:00:00.123+0000', logLevel: 'ERROR', module: 'MQTT', code: '4097', traceContext: 't-77', logContent: 'socket reset' }])).toEqual([
      { collectedAt: 1_735_689_600_123, level: 'ERROR', levelWord: 'ERROR', module: 'MQTT', code: '4097', traceContext: 't-77', content: 'socket reset' },
    ])
  })

  it('keeps an unknown level as OTHER with the word that came, and takes whatever is missing for empty', () => {
    expect(parseLogPost([{ logLevel: 'notice' }, { logLevel: 'warn', code: 5 }])).toEqual([
      { collectedAt: null, level: 'OTHER', levelWord: 'notice', module: '', code: '', traceContext: '', content: '' },
      { collectedAt: null, level: 'WARN', levelWord: 'warn', module: '', code: '5', traceContext: '', content: '' },
    ])
  })

  it('is read from the older template too', () => {
    expect(parseLogPost({ template: 'traceContext logContent', contents: ['t-1 socket reset', 'alone'], timestamp: 1_735_689_600_000 })).toMatchObject([
      { collectedAt: 1_735_689_600_000, traceContext: 't-1', content: 'socket reset' },
      { traceContext: '', content: 'alone' },
    ])
    expect(parseLogPost({ template: 'timestamp rssi snr per errStats', contents: ['1 -60 20 0 -'] })).toMatchObject([{ traceContext: '', content: '1 -60 20 0 -' }])
  })

  it.each([[undefined, '"params"'], [[], '"params"'], [['x'], 'params[0]'], [{ contents: [] }, '"contents"']])('that is %j names the field', (params, field) => {
    expect(parseLogPost(params as never)).toMatchObject({ expected: expect.stringContaining(field) })
  })

  it.each([
    ['2025-01-01T00:00:00.123+0000', 1_735_689_600_123],
    ['2025-01-01T08:00:00.5+08:00', 1_735_689_600_500],
    ['2025-01-01T00:00:00.123456Z', 1_735_689_600_123],
    ['2024-12-31T19:00:00-0500', 1_735_689_600_000],
    ['2025/1/1 0:0:8', 1_735_689_608_000],
    ['1735689600000', 1_735_689_600_000],
    [1_735_689_600_000, 1_735_689_600_000],
    ['2025-13-01T00:00:00Z', null],
    ['yesterday', null],
    [undefined, null],
  ])('has the time %j', (text, at) => {
    expect(parseLogTime(text)).toBe(at)
  })
})

it('tells the switch in the cloud\'s words', () => {
  expect(JSON.stringify(logSwitchData(true))).toBe('{"content":{"mode":1},"getType":"content"}')
  expect(buildLogSwitchPush({ productKey: 'a1', deviceName: 'd1' }, false, '3300')).toEqual({
    topic: '/sys/a1/d1/thing/config/log/push',
    payload: '{"id":"3300","version":"1.0","params":{"content":{"mode":0},"getType":"content"},"method":"thing.config.log.push"}',
  })
})
