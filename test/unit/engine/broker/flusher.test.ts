import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Flusher } from '../../../../src/engine/broker/flusher.ts'

describe('gathering writes', () => {
  it('flushes everything of a turn together at its end', async () => {
    const flusher = new Flusher()
    const flushed: string[] = []
    flusher.add({ flush: () => flushed.push('a') })
    flusher.add({ flush: () => flushed.push('b') })
    expect(flushed).toEqual([])
    await turn()
    expect(flushed).toEqual(['a', 'b'])
  })

  it('flushes what is added while it flushes in the next turn', async () => {
    const flusher = new Flusher()
    const flushed: string[] = []
    flusher.add({ flush: () => flusher.add({ flush: () => flushed.push('later') }) })
    flusher.flush()
    expect(flushed).toEqual([])
    await turn()
    expect(flushed).toEqual(['later'])
  })
})
