import { expect, it } from 'vitest'
import { closestWord } from '../../../src/shared/closest-word.ts'

it('finds the word that was most likely meant', () => {
  expect(closestWord('--devces', ['--device', '--devices', '--duration'])).toBe('--devices')
  expect(closestWord('--duratoin', ['--devices', '--duration'])).toBe('--duration')
})

it('suggests nothing when no word is near', () => {
  expect(closestWord('--volume', ['--devices', '--duration'])).toBeUndefined()
  expect(closestWord('x', [])).toBeUndefined()
})

it('takes two letters in the wrong order for one slip', () => {
  expect(closestWord('fial', ['start', 'fail', 'stop'])).toBe('fail')
})
