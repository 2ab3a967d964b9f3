import { expect, it } from 'vitest'
import { CauseCounts } from '../../../../src/engine/fleet/cause-counts.ts'

it('counts causes by their words, and everything beyond fifty different ones together', () => {
  const causes = new CauseCounts()
  for (let number = 0; number < 60; number++)
    causes.count(`cause ${number}`)
  causes.count('cause 3')
  const record = causes.toRecord()
  expect(record).toMatchObject({ 'cause 0': 1, 'cause 3': 2, 'cause 49': 1, 'other causes': 10 })
  expect(Object.keys(record)).toHaveLength(51)
})
