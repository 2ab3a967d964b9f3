import type { RunFigures } from '../../../../src/shared/scenario/figures.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CheckError, evaluateCheck, formatSeen, readCheck } from '../../../../src/shared/scenario/checks.ts'

const figures: RunFigures = {
  devices: 200,
  online: 190,
  connected: 200,
  published: 1_000,
  acknowledged: 990,
  lost: 10,
  replied: 980,
  refused: 3,
  skipped: 0,
  replyMs: { p50: 4, p95: 20, p99: 180 },
  pubackMs: { p50: 2, p95: 9, p99: 30 },
  latenessMs: { p50: 0.1, p95: 1, p99: 5 },
  causes: { 'report refused by the platform: code 6320': 2, 'post refused by the platform: code 6320': 1, 'report refused by the platform: code 16320': 9 },
  versions: { 'default 2.1.0': 150, 'mcu 9': 200 },
}

function outcome(text: string, more: Parameters<typeof readCheck>[1] = {}): string {
  const check = readCheck(text, more)
  if (check instanceof CheckError)
    return `${check.at}: ${check.message}`
  const { isMet, seen } = evaluateCheck(check, figures)
  return `${isMet ? 'met' : 'not met'}, ${formatSeen(check, seen)}`
}

describe('an expectation', () => {
  it.each([
    ['p99 reply < 200ms', 'met, 180ms'],
    ['p99 reply<200 ms', 'met, 180ms'],
    ['p95 puback >= 1s', 'not met, 9ms'],
    ['p50 lateness <= 0.1ms', 'not met, 0.1ms'],
    ['refused = 0', 'not met, 3'],
    ['refused 6320 >= 3', 'met, 3'],
    ['refused 460 = 0', 'met, 0'],
    ['lost <= 10', 'met, 10'],
    ['skipped = 0', 'met, 0'],
    ['connected = 200', 'met, 200'],
    ['published != 5', 'met, 1000'],
    ['acknowledged > 990', 'not met, 990'],
    ['replied >= 1', 'met, 980'],
    ['online >= 95%', 'met, 95%'],
    ['online >= 95 %', 'met, 95%'],
    ['online > 189', 'met, 190'],
    ['all online', 'not met, 95%'],
    ['all on 2.1.0', 'not met, 75%'],
    ['on 2.1.0 >= 150', 'met, 150'],
    ['on 3 = 0%', 'met, 0%'],
  ])('%s: %s', (text, expected) => {
    expect(outcome(text)).toBe(expected)
  })

  it('looks at the module that is named', () => {
    expect(outcome('all on 9', { module: 'mcu' })).toBe('met, 100%')
  })

  it('names its group before or behind the comparison, its time at the end, and either of them beside the text', () => {
    const scopes = [readCheck('online of north >= 9% by 2min'), readCheck('online >= 9% of north by 2 min'), readCheck('online >= 9%', { group: 'north', byMs: 120_000 })]
    expect(scopes).toEqual([expect.objectContaining({ group: 'north', byMs: 120_000 }), expect.objectContaining({ group: 'north', byMs: 120_000 }), expect.objectContaining({ group: 'north', byMs: 120_000, text: 'online >= 9% of north by 2min' })])
  })

  it('is not met where nothing was measured', () => {
    const check = readCheck('p99 reply < 1h')
    expect(check).not.toBeInstanceOf(CheckError)
    expect(evaluateCheck(check as Exclude<typeof check, CheckError>, { ...figures, replied: 0 })).toEqual({ seen: null, isMet: false })
  })

  it.each([
    ['', '0: expected one of p50, p95, p99, connected, published, acknowledged, replied, refused, lost, skipped, online, on, all, got nothing more'],
    ['p99', '3: expected reply, puback, lateness after "p99", got nothing more'],
    ['p99 reply', '9: expected one of <, <=, =, >=, >, !=, got nothing more'],
    ['p99 reply < 200', '12: expected a duration such as 500ms, 30s, 5min or 2h, got "200"'],
    ['lost = none', '7: expected a whole number, got "none"'],
    ['online >= much', '10: expected a share such as 99%, or a whole number of devices, got "much"'],
    ['lost = 0 now', '9: expected "of GROUP", "by TIME" or the end, got "now"'],
    ['lost = 0 by noon', '12: expected a duration such as 500ms, 30s, 5min or 2h, got "noon"'],
    ['lost of', '7: expected the name of a group, got nothing more'],
    ['lost of a = 0 of b', '17: the group is named twice'],
    ['all lost', '4: expected "online" or "on VERSION" after "all", got "lost"'],
    ['on =', '3: expected a version, got "="'],
  ])('%j is refused at the character where it goes wrong', (text, expected) => {
    expect(outcome(text)).toBe(expected)
  })

  it('names nothing twice', () => {
    expect(outcome('lost of a = 0', { group: 'b' })).toBe('8: the group is named twice')
    expect(outcome('lost = 0 by 1s', { byMs: 5 })).toBe('12: the time is named twice')
    expect(outcome('lost = 0', { module: 'mcu' })).toBe('0: expected "on VERSION" where a module is named')
  })

  it('is never more than a refusal, whatever the text', () => {
    const words = ['p99', 'reply', 'online', 'on', 'all', '<', '=', '5%', '%', '200ms', 'ms', 'of', 'by', '12', 'x', '!']
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 40 }), fc.array(fc.constantFrom(...words), { maxLength: 8 }).map(parts => parts.join(' '))), (text) => {
      const check = readCheck(text)
      if (check instanceof CheckError)
        expect(check.at).toBeLessThanOrEqual(text.length)
      else
        expect(evaluateCheck(check, figures).isMet).toBeTypeOf('boolean')
    }), { numRuns: 200 })
  })
})
