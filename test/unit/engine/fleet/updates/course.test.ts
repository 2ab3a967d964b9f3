import type { UpdateEnding } from '../../../../../src/shared/contract/fleet-updates.ts'
import { describe, expect, it } from 'vitest'
import { courses, drawEnding, otherVersion, progressDue } from '../../../../../src/engine/fleet/updates/course.ts'
import { updateEndings } from '../../../../../src/shared/contract/fleet-updates.ts'

const to = { module: 'default', version: '2.0.0' }
const names = Array.from({ length: 2_000 }, (_, index) => `sim-${index}`)

describe('the ending of an update', () => {
  it('is drawn by the shares, from the name, the seed, the module and the version', () => {
    const endings = [{ ending: 'succeeds' as const, share: 90 }, { ending: 'stalls' as const, share: 10 }]
    const drawn = names.map(name => drawEnding(endings, 1, name, to))
    expect(names.map(name => drawEnding(endings, 1, name, to))).toEqual(drawn)
    const stalled = drawn.filter(ending => ending === 'stalls').length
    expect(stalled / names.length).toBeCloseTo(0.1, 1)
    for (const others of [names.map(name => drawEnding(endings, 2, name, to)), names.map(name => drawEnding(endings, 1, name, { ...to, version: '2.0.1' })), names.map(name => drawEnding(endings, 1, name, { ...to, module: 'MCU' }))])
      expect(others).not.toEqual(drawn)
  })

  it('is success when nothing was said, and the only one when there is one', () => {
    expect(drawEnding([], 1, 'sim-1', to)).toBe('succeeds')
    expect(names.every(name => drawEnding([{ ending: 'silent', share: 0.001 }], 1, name, to) === 'silent')).toBe(true)
  })

  it('has a course of its own, and at most one moment at which it goes another way', () => {
    expect(Object.keys(courses)).toEqual([...updateEndings])
    const texts = updateEndings.map((ending: UpdateEnding) => JSON.stringify(courses[ending]))
    expect(new Set(texts).size).toBe(updateEndings.length)
    expect(updateEndings.every(ending => Object.keys(courses[ending]).length <= 1)).toBe(true)
  })
})

it('finds a version that is neither of two', () => {
  expect(otherVersion('1.0.0', '2.0.0')).toBe('0.0.0-other')
  expect(otherVersion('0.0.0-other', '0.0.1-other')).toBe('0.0.2-other')
})

it('reports progress a few times in a download, never twice the same, and never 100 before the file is written', () => {
  const reported: number[] = []
  for (let percent = 1; percent <= 100; percent++) {
    const due = progressDue(percent, reported.at(-1) ?? 0)
    if (due !== undefined)
      reported.push(due)
  }
  expect(reported).toEqual([1, 25, 50, 75])
  expect(progressDue(100, 0)).toBe(75)
})
