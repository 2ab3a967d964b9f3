import { describe, expect, it } from 'vitest'
import { findBroadcastProblem, toBroadcastTopic } from '../../../../../src/engine/platform/broadcast/rules.ts'

const fine = { bytes: 10, sinceLastMs: Number.POSITIVE_INFINITY, subscribers: null, applyLimits: true }

describe('a broadcast', () => {
  it('is sent when nothing speaks against it', () => {
    expect(findBroadcastProblem(fine)).toBeNull()
    expect(findBroadcastProblem({ ...fine, bytes: 64 * 1024, sinceLastMs: 60_000, subscribers: 1_000 })).toBeNull()
  })

  it.each([
    [{ bytes: 64 * 1024 + 1 }, 'at most 65536 bytes'],
    [{ sinceLastMs: 59_999 }, 'the last was 59 s ago'],
    [{ subscribers: 1_001 }, '1001 have subscribed'],
  ])('beyond a limit of the cloud (%j) is sent only without them', (facts, words) => {
    expect(findBroadcastProblem({ ...fine, ...facts })).toContain(words)
    expect(findBroadcastProblem({ ...fine, ...facts, applyLimits: false })).toBeNull()
  })

  it('is never longer than a message may be', () => {
    expect(findBroadcastProblem({ ...fine, applyLimits: false, bytes: 256 * 1024 + 1 })).toContain('262144')
  })

  it('goes to a topic that is named in full or by its last part', () => {
    expect(toBroadcastTopic('a1', 'alarm/fire')).toBe('/broadcast/a1/alarm/fire')
    expect(toBroadcastTopic('a1', '/broadcast/a1/alarm')).toBe('/broadcast/a1/alarm')
  })

  it.each([
    ['/broadcast/b2/alarm', 'goes to /broadcast/a1/'],
    ['/a1/d1/user/get', 'goes to /broadcast/a1/'],
    ['alarm/+', 'wildcard'],
    ['a//b', 'empty'],
  ])('does not go to %s', (topic, words) => {
    expect(() => toBroadcastTopic('a1', topic)).toThrow(words)
  })
})
