import { expect, it } from 'vitest'
import { readShadowMessage } from '../../../../src/engine/openapi/actions/shadow.ts'

it('reads what is desired and the version', () => {
  expect(readShadowMessage('{"method":"update","state":{"desired":{"color":"green"}},"version":0}')).toEqual({ desired: { color: 'green' }, version: 0 })
})

it.each([
  ['null', 'NullShadowMessage'],
  ['{', 'ShadowMessageIsNotJson'],
  ['[]', 'ShadowMessageIsNotJson'],
  ['{"state":{"desired":{"a":1}},"version":0}', 'NotFoundMethodInShadowMessage'],
  ['{"method":"get","state":{"desired":{"a":1}},"version":0}', 'MethodValueIsNotUpdate'],
  ['{"method":"update","version":0}', 'NotFoundStateInShadowMessage'],
  ['{"method":"update","state":{"reported":{"a":1}},"version":0}', 'NotFoundDesireInShadowMessage'],
  ['{"method":"update","state":{"desired":null},"version":0}', 'DesireValueIsNullInShadowMessage'],
  ['{"method":"update","state":{"desired":"a"},"version":0}', 'DesireInfoInShadowMessageIsNotJson'],
  ['{"method":"update","state":{"desired":{}},"version":0}', 'NoneElementInDesire'],
  ['{"method":"update","state":{"desired":{"a":null}},"version":0}', 'ElementKeyOrValueIsNullInDesire'],
  ['{"method":"update","state":{"desired":{"a":1}}}', 'NotFoundVersionOrNullVersionValue'],
  ['{"method":"update","state":{"desired":{"a":1}},"version":"1"}', 'InvalidVersionValueInShadowMessage'],
  ['{"method":"update","state":{"desired":{"a":1}},"version":-1}', 'InvalidVersionValueInShadowMessage'],
])('refuses %s with %s', (written, code) => {
  expect(() => readShadowMessage(written)).toThrow(expect.objectContaining({ code: `iot.messagebroker.${code}` }) as Error)
})
