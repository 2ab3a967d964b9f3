import { expect, it } from 'vitest'
import { fuzzyScore } from '../../../../src/ui/app/fuzzy-match.ts'

function best(query: string, texts: string[]): string[] {
  return texts.map(text => ({ text, score: fuzzyScore(query, text) })).filter(one => one.score !== null).sort((a, b) => b.score! - a.score!).map(one => one.text)
}

it('puts what is written as typed before what only has the letters in order', () => {
  expect(best('trace', ['Go to Settings', 'The raw face', 'Go to Trace'])).toEqual(['Go to Trace', 'The raw face'])
})

it('prefers the start of a word, and takes letters out of several', () => {
  expect(best('fl', ['Test my firmware left', 'Start fleet Lamps', 'Baffle'])[0]).toBe('Start fleet Lamps')
  expect(fuzzyScore('gtd', 'Go to Devices')).not.toBeNull()
  expect(fuzzyScore('xyz', 'Go to Devices')).toBeNull()
  expect(fuzzyScore('', 'anything')).toBe(0)
})
