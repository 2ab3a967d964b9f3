import { expect, it } from 'vitest'
import { SteadyLimit } from '../../../src/shared/steady-limit.ts'

/** What is named at each second, given what was found in it. */
function named(found: string): string {
  const steady = new SteadyLimit()
  const parts = { w: 'writer', f: 'fleet', b: 'broker' } as const
  return [...found].map((letter, second) => steady.look(letter === '.' ? null : parts[letter as 'w' | 'f' | 'b'], second * 1_000)?.part[0] ?? '.').join('')
}

it.each([
  ['a slow second names nobody', 'f..ff...f', '.........'],
  ['two seconds and a third do', 'fff', '..f'],
  ['parts that take turns are trouble all the same', 'fbfbfb', '..ffff'],
  ['a good second acquits nobody, five do', 'fff....f.....', '..ffffffffff.'],
  ['another part takes over once the first is well for two seconds', 'fffbbb', '..ffbb'],
])('%s', (_, found, expected) => {
  expect(named(found)).toBe(expected)
})
