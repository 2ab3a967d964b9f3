import { describe, expect, it } from 'vitest'
import { Keepalive } from '../../../../src/engine/fleet/keepalive.ts'

describe('keep-alive', () => {
  it('asks a link that has been silent, well before the broker loses patience', () => {
    const keepalive = new Keepalive()
    const firstLookAt = keepalive.start(0, 1000)
    expect(firstLookAt).toBe(46_000)
    expect(keepalive.look(0, 46_000)).toEqual({ verdict: 'ping', lookAgainAt: 91_000 })
    keepalive.answered(0)
    expect(keepalive.look(0, 91_000)).toMatchObject({ verdict: 'ping' })
  })

  it('leaves a link alone that keeps sending', () => {
    const keepalive = new Keepalive()
    keepalive.start(0, 0)
    keepalive.sent(0, 40_000)
    expect(keepalive.look(0, 45_000)).toEqual({ verdict: 'fine', lookAgainAt: 85_000 })
  })

  it('gives a link up that does not answer for a whole keep-alive, even while the device goes on sending', () => {
    const keepalive = new Keepalive()
    keepalive.start(0, 0)
    expect(keepalive.look(0, 45_000).verdict).toBe('ping')
    keepalive.sent(0, 100_000)
    expect(keepalive.look(0, 104_999)).toEqual({ verdict: 'fine', lookAgainAt: 105_000 })
    expect(keepalive.look(0, 105_000).verdict).toBe('dead')
  })
})
