import { expect, it } from 'vitest'
import { readScenario } from '../../../../../src/shared/scenario/read-scenario.ts'
import { quickFix } from '../../../../../src/ui/features/scenarios/quick-fix.ts'
import { commandOf } from '../../../../../src/ui/features/scenarios/run-forms.ts'
import { freeName, smallest } from '../../../../../src/ui/features/scenarios/small-scenario.ts'

const good = smallest('small one')

/** The text with what the first problem suggests put in. */
function mended(text: string): string | undefined {
  const [problem] = readScenario(text).problems
  const fix = problem && quickFix(problem)
  if (fix === undefined)
    return undefined
  const lines = text.split('\n')
  const line = lines[problem!.line - 1]!
  expect(fix.endLine).toBe(problem!.line)
  lines[problem!.line - 1] = line.slice(0, problem!.column - 1) + fix.word + line.slice(fix.endColumn - 1)
  return lines.join('\n')
}

it('puts the word that is suggested in the place of the one that is wrong, and of nothing else', () => {
  expect(readScenario(good).problems).toEqual([])
  expect(mended(good.replace('every:', 'evry:'))).toBe(good)
  expect(mended(good.replace('fail: rooms', 'fail: romos'))).toBe(good)
  expect(mended(good.replace('refused = 0', 'refsed = 0'))).toBe(good)
})

it('leaves an action alone whose word is wrong, because its place is the whole of it', () => {
  expect(mended(good.replace('fail: rooms', 'fial: rooms'))).toBeUndefined()
  expect(mended(good.replace('count: 10', 'count: many'))).toBeUndefined()
})

it('finds names that are free and safe', () => {
  const files = [{ place: 'own' as const, name: 'Hall' }, { place: 'own' as const, name: 'hall-2' }, { place: 'shipped' as const, name: 'lamps' }]
  expect(freeName('hall', files)).toBe('hall-3')
  expect(freeName('lamps', files)).toBe('lamps')
  expect(freeName('../my file (1)', files)).toBe('my-file-1-')
  expect(freeName('场景', files)).toBe('scenario')
})

it('says how to run it from the command line, with words that a shell reads back', () => {
  expect(commandOf({ place: 'shipped', name: 'cold-chain', path: '/x/cold-chain.yaml' }, null)).toBe('thingbench run cold-chain --speed max')
  expect(commandOf({ place: 'own', name: 'hall', path: '/my files/hall.yaml' }, 7)).toBe('thingbench run \'/my files/hall.yaml\' --seed 7 --speed max')
})
