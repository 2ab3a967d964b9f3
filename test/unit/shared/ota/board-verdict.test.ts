import type { ExerciseKind, Observation } from '../../../../src/shared/ota/board-verdict.ts'
import { describe, expect, it } from 'vitest'
import { findings, judgeBoard, verdictText } from '../../../../src/shared/ota/board-verdict.ts'

type Seen = [Observation['what'], Observation['value']?]

function judge(kind: ExerciseKind, seen: Seen[], isOver = false): string {
  return verdictText(judgeBoard({ kind, observations: seen.map(([what, value = null]) => ({ what, value })), toVersion: '2.0.0', size: 100, isOver }))
}

describe('the verdict on a board', () => {
  it('is open until something decides, and unclear when the exercise did not come to the point', () => {
    expect(judge('stall', [['begun'], ['told']])).toBe('The exercise is under way.')
    expect(judge('stall', [['begun'], ['told'], ['requested', 0], ['fault']])).toBe('The exercise is under way.')
    expect(judge('cut', [['begun']], true)).toMatch(/^Unclear: the device was not told/)
    expect(judge('cut', [['begun'], ['told']], true)).toMatch(/^Unclear: the device was told of the update and never fetched/)
    expect(judge('cut', [['told'], ['version', '2.0.0']])).toMatch(/^Unclear: the device had finished before/)
    expect(judge('digest', [['fault']], true)).toMatch(/^Unclear: the device was not told/)
    expect(judge('slow', [['requested', 0], ['fault']], true)).toMatch(/^Unclear: the device had not finished/)
  })

  it('counts a range that covers the rest as the whole file, and a part as a part', () => {
    const part: Seen[] = [['told'], ['requested', 0], ['fault'], ['broken', 40]]
    expect(judge('cut', [...part, ['requested', 40], ['received', 100], ['version', '2.0.0']])).toMatch(/^Good: it went on with a range from byte 40/)
    expect(judge('cut', [...part, ['requested', 60], ['received', 100], ['version', '2.0.0']])).toMatch(/^Bad: it reported the new version without/)
    expect(judge('cut', [...part, ['requested', 0]], true)).toMatch(/^Fair: it tried again/)
    expect(judge('cut', part, true)).toMatch(/^Bad: it said nothing/)
  })

  it('knows which number means what', () => {
    expect(judge('digest', [['fault'], ['told'], ['progress', -2]])).toMatch(/^Fair: it noticed, but reported -2/)
    expect(judge('stall', [['fault'], ['progress', -2]])).toBe('Good: it noticed, and reported -2.')
    expect(judge('expired', [['fault'], ['told'], ['progress', -1]])).toMatch(/^Fair: it noticed, but reported -1/)
    expect(judge('kick', [['fault'], ['progress', -2]])).toMatch(/^Fair: it gave up and reported -2/)
  })

  it('tells a board that comes back from one that does not, and one that is silent from one that insists', () => {
    expect(judge('kick', [['requested', 0], ['fault'], ['online']], true)).toMatch(/^Fair: it tried again/)
    expect(judge('kick', [['requested', 0], ['fault']], true)).toBe('Bad: it did not connect again.')
    expect(judge('expired', [['fault'], ['told'], ['expired']], true)).toMatch(/^Bad: it said nothing/)
    expect(judge('expired', [['fault'], ['told'], ['expired'], ['expired'], ['expired']], true)).toMatch(/^Bad: it asked for the expired address 3 times/)
    expect(judge('expired', [['fault'], ['told'], ['expired'], ['asked']], true)).toMatch(/^Fair: it tried again/)
    expect(judge('digest', [['fault'], ['told'], ['requested', 0], ['received', 100], ['version', '1.0.0']], true)).toMatch(/^Fair: it fetched the file with the wrong digest/)
  })

  it('is said in whole sentences', () => {
    expect(Object.values(findings).filter(text => !/^[A-Z].*\.$/.test(text))).toEqual([])
  })
})
