import type { RequestVerdict } from '../../../../../src/engine/platform/answer-request.ts'
import type { AlinkRequest } from '../../../../../src/shared/alink/envelope.ts'
import type { JsonValue } from '../../../../../src/shared/json.ts'
import { describe, expect, it } from 'vitest'
import { DeviceTags } from '../../../../../src/engine/platform/tag/device-tags.ts'
import { deleteTags, getTags, updateTags } from '../../../../../src/engine/platform/tag/handle.ts'
import { explainIssue } from '../../../../../src/shared/thing-model/explain.ts'

const device = { deviceId: 7, productKey: 'a1', deviceName: 'd1' }

function request(params: JsonValue): AlinkRequest {
  return { id: '1', idText: '"1"', method: '', version: '1.0', params, wantsReply: true, mended: false }
}

function update(tags: DeviceTags, params: JsonValue, applyLimits = false): RequestVerdict {
  return updateTags(tags, device, request(params), 1_000, applyLimits)
}

const tag = (attrKey: string, attrValue = '1'): JsonValue => ({ attrKey, attrValue })

describe('tags of a device', () => {
  it('replace tags of the same key and leave the others', () => {
    const tags = new DeviceTags()
    update(tags, [tag('floor', '3'), tag('room', '7')])
    const { statements } = update(tags, [tag('floor', '4')])
    expect(tags.of(7)).toEqual([{ key: 'floor', value: '4', domain: 'USER', at: 1_000 }, { key: 'room', value: '7', domain: 'USER', at: 1_000 }])
    expect(statements).toMatchObject([{ key: 'tag 7 USER floor', statement: { params: [7, 'USER', 'floor', '4', 1_000] } }])
  })

  it('keep what the SDK says about itself apart from a tag of the same key', () => {
    const tags = new DeviceTags()
    update(tags, [tag('lang', 'mine'), { attrKey: 'lang', attrValue: 'C', domain: 'SYSTEM' }])
    expect(tags.of(7).map(({ value, domain }) => [value, domain])).toEqual([['mine', 'USER'], ['C', 'SYSTEM']])
    expect(getTags(tags, device, request(['*'])).data).toEqual([{ attrKey: 'lang', attrValue: 'mine' }])
    expect(deleteTags(tags, device, request([{ attrKey: 'lang' }])).statements).toHaveLength(1)
    expect(tags.of(7)).toMatchObject([{ domain: 'SYSTEM' }])
  })

  it('pass over the deletion of a key that is not there', () => {
    expect(deleteTags(new DeviceTags(), device, request([{ attrKey: 'floor' }]))).toEqual({ statements: [] })
  })

  it.each([
    [[tag('my_floor')], 'my_floor: the cloud allows a key of 1 to 30 letters, digits or dots, and this is "my_floor"'],
    [[tag('abc')], 'abc: the cloud allows a key other than "abc"'],
    [[tag('floor', 'x'.repeat(129))], 'floor: the cloud allows a value of 1 to 128 characters, and this is 129 characters'],
    [Array.from({ length: 101 }, (_, index) => tag(`k${index}`)), 'tags: the cloud allows 100 tags a device, and this is 101'],
  ])('against a rule of the cloud are taken with a note, and refused while its limits are applied', (params, sentence) => {
    const taken = update(new DeviceTags(), params)
    expect(taken.issue).toBeUndefined()
    expect(explainIssue(taken.notices![0]!)).toBe(`${sentence}${sentence.includes('abc') ? ', which is reserved, and this is "abc"' : ''}.`)
    const tags = new DeviceTags()
    const refused = update(tags, params, true)
    expect(refused.issue).toMatchObject({ code: 460 })
    expect(tags.of(7)).toEqual([])
  })

  it('do not grow without end whatever the setting', () => {
    expect(update(new DeviceTags(), Array.from({ length: 1_001 }, (_, index) => tag(`k${index}`))).issue).toMatchObject({ code: 460, got: '1001' })
    expect(update(new DeviceTags(), [tag('k'.repeat(129))]).issue).toMatchObject({ code: 460 })
    expect(update(new DeviceTags(), [tag('k', 'v'.repeat(4_097))]).issue).toMatchObject({ code: 460 })
  })

  it('that cannot be read name the field', () => {
    expect(explainIssue(update(new DeviceTags(), [{ attrKey: 'floor' }]).issue!)).toBe('The message has a wrong form: expected params[0].attrValue to be a text, got nothing (460).')
    expect(deleteTags(new DeviceTags(), device, request('floor')).issue).toMatchObject({ code: 460 })
    expect(getTags(new DeviceTags(), device, request('floor')).issue).toMatchObject({ code: 460 })
  })

  it('are gone with their device', () => {
    const tags = new DeviceTags()
    update(tags, [tag('floor')])
    tags.forget(7)
    expect(tags.of(7)).toEqual([])
  })
})
