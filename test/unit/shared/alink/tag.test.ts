import { describe, expect, it } from 'vitest'
import { parseTagDelete, parseTagGet, parseTagUpdate, tagData } from '../../../../src/shared/alink/tag.ts'

describe('tags in messages', () => {
  it('are read with the domain that SDKs give their own', () => {
    expect(parseTagUpdate([{ attrKey: 'floor', attrValue: '3' }, { attrKey: 'SYS_SDK_LANGUAGE', attrValue: 'C', domain: 'SYSTEM' }])).toEqual([
      { key: 'floor', value: '3', domain: 'USER' },
      { key: 'SYS_SDK_LANGUAGE', value: 'C', domain: 'SYSTEM' },
    ])
  })

  it('may be numbers and switches, and one alone', () => {
    expect(parseTagUpdate({ attrKey: 'floor', attrValue: 3 })).toEqual([{ key: 'floor', value: '3', domain: 'USER' }])
    expect(parseTagUpdate([{ attrKey: 'on', attrValue: true }])).toEqual([{ key: 'on', value: 'true', domain: 'USER' }])
  })

  it.each([
    [undefined, '"params" to be a list'],
    [[], '"params" to be a list'],
    [{ floor: '3' }, '"params" to be a list'],
    [['floor'], 'params[0] to be an object'],
    [[{ attrValue: '3' }], 'params[0].attrKey'],
    [[{ attrKey: '', attrValue: '3' }], 'params[0].attrKey'],
    [[{ attrKey: 'a', attrValue: '1' }, { attrKey: 'b', attrValue: null }], 'params[1].attrValue'],
  ])('say what is wrong with %j', (params, expected) => {
    expect(parseTagUpdate(params as never)).toMatchObject({ expected: expect.stringContaining(expected) })
  })

  it('are deleted by their keys, bare or as the manual has it', () => {
    expect(parseTagDelete([{ attrKey: 'floor' }, 'room', { attrKey: 'SYS', domain: 'SYSTEM' }])).toEqual([
      { key: 'floor', domain: 'USER' },
      { key: 'room', domain: 'USER' },
      { key: 'SYS', domain: 'SYSTEM' },
    ])
    expect(parseTagDelete([{}])).toMatchObject({ expected: expect.stringContaining('params[0].attrKey') })
    expect(parseTagDelete({})).toMatchObject({ expected: expect.stringContaining('"params" to be a list') })
  })

  it('are asked for all together or by key', () => {
    expect([undefined, {}, [], ['*'], null].map(params => parseTagGet(params as never))).toEqual([null, null, null, null, null])
    expect(parseTagGet(['floor', { attrKey: 'room' }])).toEqual(['floor', 'room'])
    expect(parseTagGet([1])).toMatchObject({ got: [1] })
    expect(parseTagGet([{}])).toMatchObject({ got: [{}] })
    expect(parseTagGet('floor')).toMatchObject({ got: 'floor' })
  })

  it('are answered as a list of keys and values', () => {
    expect(tagData([{ key: 'floor', value: '3' }])).toEqual([{ attrKey: 'floor', attrValue: '3' }])
  })
})
