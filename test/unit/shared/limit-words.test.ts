import type { LimitFigures } from '../../../src/shared/contract/limit.ts'
import { expect, it } from 'vitest'
import { limitParts } from '../../../src/shared/contract/limit.ts'
import { describeLimit, describePastLimit, spanOf } from '../../../src/shared/limit-words.ts'

const figures: LimitFigures = { lateMs: 340, cpuPercent: 100, machinePercent: 97, fleet: 'Lamps', process: 1, rows: 30_000, drainSec: 2.4, failing: null }

it('says which part, with the figure, and what to do', () => {
  expect(describeLimit('en', { part: 'fleet', forMs: 12_000, figures })).toBe('This machine is the limit: process 1 of the fleet Lamps has used 100 % of a core for 12 s; reports leave 340 ms late. Fewer devices or a longer interval let it keep its beat; what devices measure of the platform is too slow until then.')
  expect(describeLimit('en', { part: 'broker', forMs: 12_000, figures })).toContain('by 340 ms, and its thread is 100 % busy, as the whole machine is (97 %)')
  expect(describePastLimit('en', { part: 'writer', forMs: 5_000, figures })).toBe('30,000 rows wait to be written, for 5 s; at this pace that takes 2 s')
  expect(describePastLimit('en', { part: 'writer', forMs: 5_000, figures: { ...figures, failing: 'The disk is full.' } })).toBe('nothing can be written to the disk, for 5 s (The disk is full)')
})

it.each(limitParts)('says it in Chinese as well: %s', (part) => {
  const zh = describeLimit('zh', { part, forMs: 12_000, figures })
  expect(zh).toMatch(/^本机已到极限：.*12 秒.*。$/)
  expect(describeLimit('en', { part, forMs: 12_000, figures })).toMatch(/^This machine is the limit: .*12 s.*\.$/)
})

it('gives spans in the unit that suits them', () => {
  expect([900, 119_000, 120_000, 7_200_000].map(ms => spanOf('en', ms))).toEqual(['1 s', '119 s', '2 min', '2 h'])
})
