import { describe, expect, it } from 'vitest'
import { invalidTags } from '../../../../../src/engine/platform/product-tag/rules.ts'

describe('tags of a product', () => {
  const had = new Map([['room', '1']])
  const keys = (...args: Parameters<typeof invalidTags>): string[] => invalidTags(...args).map(({ key }) => key)

  it('have keys of 1 to 30 letters, digits or dots', () => {
    const ofKey = (key: string): string[] => keys([{ key, value: 'v' }], had, 'add')
    expect(['a', 'A.b.9', 'k'.repeat(30)].flatMap(ofKey)).toEqual([])
    expect(['', 'a b', 'a_b', '键', 'k'.repeat(31)].flatMap(ofKey)).toHaveLength(5)
  })

  it('have values of 1 to 128 characters, a Chinese one counted twice', () => {
    const ofValue = (value: string): string[] => keys([{ key: 'k', value }], had, 'add')
    expect(['三楼', 'a_b-c.d:1', 'v'.repeat(128), '楼'.repeat(64)].flatMap(ofValue)).toEqual([])
    expect(['', 'a b', '123$', 'v'.repeat(129), '楼'.repeat(65)].flatMap(ofValue)).toHaveLength(5)
  })

  it('are added under new keys and changed under those that are there, each key once', () => {
    const tags = [{ key: 'room', value: '2' }, { key: 'floor', value: '3' }, { key: 'floor', value: '4' }]
    expect(keys(tags, had, 'add')).toEqual(['room', 'floor'])
    expect(keys(tags, had, 'change')).toEqual(['floor', 'floor'])
  })
})
