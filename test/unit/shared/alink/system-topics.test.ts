import { describe, expect, it } from 'vitest'
import { systemKindOfPath, systemTopics } from '../../../../src/shared/alink/system-topics.ts'

describe('systemTopics', () => {
  it('lists every path once', () => {
    expect(systemKindOfPath.size).toBe(Object.keys(systemTopics).length)
  })

  it('lists no path that looks like an answer', () => {
    expect([...systemKindOfPath.keys()].filter(path => path.endsWith('_reply'))).toEqual([])
  })
})
