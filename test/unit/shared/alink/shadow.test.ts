import { describe, expect, it } from 'vitest'
import { buildShadowDocument, buildShadowError, buildShadowState, buildShadowSuccess, parseShadowMessage, shadowErrors, shadowGetTopic, shadowUpdateTopic } from '../../../../src/shared/alink/shadow.ts'

const shadow = {
  state: { reported: { color: 'red' }, desired: { color: 'green' } },
  metadata: { reported: { color: { timestamp: 1_735_689_600 } }, desired: { color: { timestamp: 1_735_689_700 } } },
  timestamp: 1_735_689_700,
  version: 3,
}

describe('messages to the shadow', () => {
  it('go up on the update topic and come down on the get topic', () => {
    const identity = { productKey: 'a1', deviceName: 'd1' }
    expect([shadowUpdateTopic(identity), shadowGetTopic(identity)]).toEqual(['/shadow/update/a1/d1', '/shadow/get/a1/d1'])
  })

  it.each([
    ['{"method":"get"}', { method: 'get' }],
    ['{"method":"update","state":{"reported":{"color":"red"}},"version":1}', { method: 'update', reported: { color: 'red' }, desired: undefined, version: 1 }],
    ['{"method":"update","state":{"reported":{"color":"red"},"desired":"null"},"version":2}', { method: 'update', reported: { color: 'red' }, desired: 'clear', version: 2 }],
    ['{"method":"update","state":{"desired":"null"},"version":2}', { method: 'update', reported: undefined, desired: 'clear', version: 2 }],
    ['{"method":"update","state":{"desired":null},"version":2}', { method: 'update', reported: undefined, desired: 'clear', version: 2 }],
    ['{"method":"delete","state":{"reported":{"color":"null"}},"version":3}', { method: 'delete', reported: { color: 'null' }, desired: undefined, version: 3 }],
    ['{"method":"delete","state":{"reported":"null"},"version":4}', { method: 'delete', reported: 'clear', desired: undefined, version: 4 }],
  ])('are read as the manual writes them: %s', (text, request) => {
    expect(parseShadowMessage(text)).toEqual(request)
  })

  it.each([
    ['', 407],
    ['{', 400],
    ['[]', 400],
    ['{"state":{},"version":1}', 401],
    ['{"method":"put","state":{},"version":1}', 406],
    ['{"method":"update","version":1}', 402],
    ['{"method":"update","state":[],"version":1}', 402],
    ['{"method":"update","state":{"reported":{"a":1}},"version":"1"}', 403],
    ['{"method":"update","state":{"reported":{"a":1}}}', 403],
    ['{"method":"update","state":{"reported":{"a":1}},"version":1.5}', 403],
    ['{"method":"update","state":{},"version":1}', 404],
    ['{"method":"update","state":{"reported":{}},"version":1}', 405],
    ['{"method":"update","state":{"reported":"","desired":"null"},"version":1}', 405],
    ['{"method":"update","state":{"reported":"null"},"version":1}', 405],
    [`{"method":"update","state":{"reported":${'{"a":'.repeat(70)}1${'}'.repeat(70)}},"version":1}`, 400],
    [`{"method":"update","state":{"reported":${'['.repeat(60_000)}${']'.repeat(60_000)}},"version":1}`, 400],
  ])('that break the form are refused with a code of the cloud (%#)', (text, code) => {
    const refusal = parseShadowMessage(text)
    expect(refusal).toMatchObject({ code, text: shadowErrors[code] })
    expect((refusal as { message: string }).message).toMatch(/^[\w.]+: expected .+, got .+ \(\d{3}\)\.$/)
  })
})

describe('messages from the shadow', () => {
  it('are written byte for byte as the cloud does', () => {
    expect(buildShadowSuccess(1, 1_735_689_600)).toBe('{"method":"reply","payload":{"status":"success","version":1},"timestamp":1735689600}')
    expect(buildShadowError(409, shadowErrors[409]!, 1_735_689_600)).toBe('{"method":"reply","payload":{"status":"error","content":{"errorcode":"409","errormessage":"the version sent should be larger than the current version"}},"timestamp":1735689600}')
    expect(buildShadowState('control', shadow, 1_735_689_700)).toBe('{"method":"control","payload":{"status":"success","state":{"reported":{"color":"red"},"desired":{"color":"green"}},"metadata":{"reported":{"color":{"timestamp":1735689600}},"desired":{"color":{"timestamp":1735689700}}}},"version":3,"timestamp":1735689700}')
  })

  it('leave out a side without attributes', () => {
    expect(buildShadowState('reply', { ...shadow, state: { ...shadow.state, desired: {} } }, 1)).toBe('{"method":"reply","payload":{"status":"success","state":{"reported":{"color":"red"}},"metadata":{"reported":{"color":{"timestamp":1735689600}}}},"version":3,"timestamp":1}')
  })

  it('are kept as one document', () => {
    expect(buildShadowDocument(shadow)).toBe('{"state":{"desired":{"color":"green"},"reported":{"color":"red"}},"metadata":{"desired":{"color":{"timestamp":1735689700}},"reported":{"color":{"timestamp":1735689600}}},"timestamp":1735689700,"version":3}')
  })
})
