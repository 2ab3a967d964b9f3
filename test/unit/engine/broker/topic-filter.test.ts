import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterProblem, matchesFilter } from '../../../../src/engine/broker/topic-filter.ts'

describe('a topic filter', () => {
  it.each(['a', '/', '/a/+/c', '+', '#', '/a/#', '+/+/#', '/a//b'])('may be %s', (filter) => {
    expect(filterProblem(filter)).toBeNull()
  })

  it.each(['', '/a/#/b', '/a#', '/a/b+', '+a/b', '#/', 'a\0b'])('may not be %j', (filter) => {
    expect(filterProblem(filter)).toMatch(/\w/)
  })

  it.each([
    ['/a/b', '/a/b', true],
    ['/a/b', '/a/bc', false],
    ['/a/b', '/a', false],
    ['/a', '/a/b', false],
    ['/a/+', '/a/b', true],
    ['/a/+', '/a/', true],
    ['/a/+', '/a', false],
    ['/a/+', '/a/b/c', false],
    ['/a/#', '/a/b/c', true],
    ['/a/#', '/a', true],
    ['/a/#', '/ab', false],
    ['/a/+/#', '/a/b', true],
    ['/a/+/#', '/a', false],
    ['#', '/a/b', true],
    ['+/+', '/a', true],
    ['+', '/a', false],
    ['/a//c', '/a//c', true],
    ['/a/+/c', '/a//c', true],
    ['/a/+/c', '/a/b/d', false],
  ])('%s on %s: %s', (filter, topic, matches) => {
    expect(matchesFilter(filter, topic)).toBe(matches)
  })

  it('agrees with a regular expression made from it', () => {
    const level = fc.constantFrom('', 'a', 'bb', 'sys')
    const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map(levels => levels.join('/'))
    const filter = fc.tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 5 }), fc.boolean()).map(([levels, isOpen]) => levels.join('/') + (isOpen ? '/#' : ''))
    fc.assert(fc.property(filter, topic, (pattern, text) => {
      const expression = pattern.replace(/\+/g, '[^/]*').replace(/\/#$/, '(?:/.*)?')
      expect(matchesFilter(pattern, text)).toBe(new RegExp(`^${expression}$`).test(text))
    }))
  })
})
