import { describe, expect, it } from 'vitest'
import { categoryPathProblem, isCovered, toCategoryPath } from '../../../../src/shared/alink/topic-category.ts'

describe('the name of a topic category', () => {
  it.each([
    'update',
    'user/update',
    '/user/update',
    '/a1Test/dev-0001/user/update',
    '/a1Test/${deviceName}/user/update', // eslint-disable-line no-template-curly-in-string
  ])('is the same written as %s', (text) => {
    expect(toCategoryPath(text)).toBe('update')
  })

  it.each(['update', 'update/error', 'a/b/c/d', '+', 'rooms/+/state', '#', 'rooms/#', '+/+'])('may be %s', (path) => {
    expect(categoryPathProblem(path)).toBeNull()
  })

  it.each([
    ['', 'levels of letters'],
    ['a//b', 'levels of letters'],
    ['a/', 'levels of letters'],
    ['a-b', 'levels of letters'],
    ['温度', 'levels of letters'],
    ['a+', 'levels of letters'],
    ['#/a', 'levels of letters'],
    ['a/b/c/d/e', 'at most 4 levels'],
    ['x'.repeat(129), 'at most 128 characters'],
  ])('may not be %s', (path, words) => {
    expect(categoryPathProblem(path)).toContain(words)
  })
})

describe('a topic or filter', () => {
  it.each([
    ['get', 'get'],
    ['get', 'get?_sn=default'],
    ['+', 'get'],
    ['+', '+'],
    ['#', 'get'],
    ['#', 'a/b'],
    ['#', '#'],
    ['rooms/#', 'rooms'],
    ['rooms/#', 'rooms/+/state'],
    ['rooms/+/state', 'rooms/7/state'],
    ['rooms/+/state', 'rooms/+/state'],
  ])('is covered by the category %s when it is %s', (category, path) => {
    expect(isCovered(category, path)).toBe(true)
  })

  it.each([
    ['get', 'got'],
    ['get', 'get/more'],
    ['get/more', 'get'],
    ['get', '+'],
    ['get', '#'],
    ['+', '#'],
    ['+', 'a/b'],
    ['rooms/+/state', 'rooms/7'],
    ['rooms/+/state', 'rooms/#'],
    ['rooms/+', 'rooms/7/state'],
  ])('is not covered by the category %s when it is %s', (category, path) => {
    expect(isCovered(category, path)).toBe(false)
  })
})
