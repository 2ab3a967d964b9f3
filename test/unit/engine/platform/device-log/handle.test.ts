import type { JsonValue } from '../../../../../src/shared/json.ts'
import { expect, it } from 'vitest'
import { handleLogConfigGet, handleLogPost } from '../../../../../src/engine/platform/device-log/handle.ts'
import { explainIssue } from '../../../../../src/shared/thing-model/explain.ts'

function post(params: JsonValue, isOn = true, applyLimits = false): ReturnType<typeof handleLogPost> {
  return handleLogPost({ id: '1', idText: '"1"', method: '', version: '1.0', params, wantsReply: true, mended: false }, isOn, applyLimits)
}

it('takes lines while the switch is on, and otherwise drops them and says so', () => {
  expect(post([{ logContent: 'a' }])).toMatchObject({ lines: [{ content: 'a' }], notices: [] })
  const dropped = post([{ logContent: 'a' }, { logContent: 'b' }], false)
  expect(dropped).toMatchObject({ lines: [] })
  expect(dropped.issue).toBeUndefined()
  expect(explainIssue(dropped.notices![0]!)).toContain('its 2 lines were dropped')
})

it.each([
  [Array.from({ length: 41 }, () => ({ logContent: 'a' })), 'params: the cloud allows 40 lines in a report, and this is 41'],
  [[{ logContent: '温'.repeat(1_366) }], 'params[0].logContent: the cloud allows 4096 bytes, and this is 4098 bytes'],
])('takes more than the cloud does with a note, and refuses it while the limits are applied', (params, sentence) => {
  const taken = post(params)
  expect(taken.lines).toHaveLength(params.length)
  expect(explainIssue(taken.notices![0]!)).toBe(`${sentence}.`)
  const refused = post(params, true, true)
  expect(refused).toMatchObject({ lines: [], issue: { code: 460 } })
})

it('refuses what is no list of lines', () => {
  expect(post('log')).toMatchObject({ lines: [], issue: { code: 460 } })
})

it('tells the mode', () => {
  expect([true, false].map(isOn => handleLogConfigGet(isOn).data)).toEqual([{ content: { mode: 1 }, getType: 'content' }, { content: { mode: 0 }, getType: 'content' }])
})
