import { expect, it } from 'vitest'
import { diffLines } from '../../../../../src/ui/features/remote-config/diff-lines.ts'

/** The comparison with `-`, `+` and blank in front of the lines. */
function show(from: string, to: string): string[] {
  return diffLines(from, to).map(({ kind, text }) => ({ same: ' ', gone: '-', added: '+' })[kind] + text)
}

it('finds the fewest lines that are gone and added', () => {
  expect(show('{\n"a": 1,\n"b": 2,\n"c": 3\n}', '{\n"a": 1,\n"b": 4,\n"c": 3,\n"d": 5\n}')).toEqual([' {', ' "a": 1,', '-"b": 2,', '-"c": 3', '+"b": 4,', '+"c": 3,', '+"d": 5', ' }'])
  expect(show('1\n2\n3\n4', '1\n3\n5\n4')).toEqual([' 1', '-2', ' 3', '+5', ' 4'])
  expect(show('a', 'a')).toEqual([' a'])
  expect(show('', 'x')).toEqual(['-', '+x'])
})

it('takes a middle that is too long to be compared as replaced', () => {
  const from = Array.from({ length: 3_000 }, (_, at) => `old ${at}`)
  const to = Array.from({ length: 3_000 }, (_, at) => `new ${at}`)
  const lines = diffLines(['{', ...from, '}'].join('\n'), ['{', ...to, '}'].join('\n'))
  expect([lines.length, lines[0], lines[1], lines[3_001], lines.at(-1)]).toEqual([
    6_002,
    { kind: 'same', text: '{' },
    { kind: 'gone', text: 'old 0' },
    { kind: 'added', text: 'new 0' },
    { kind: 'same', text: '}' },
  ])
})
