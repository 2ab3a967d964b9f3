import { describe, expect, it } from 'vitest'
import { Session } from '../../../../src/engine/broker/session.ts'

const held = (seq: number) => ({ seq, topic: '/t', payload: new Uint8Array(0), expiresAt: 0, hasExpiry: false, properties: null, packetId: 0 })

describe('a session', () => {
  it('knows whether a topic is wanted, also behind an RRPC topic', () => {
    const session = new Session(1, false, 0)
    expect(session.matches('/a')).toBe(false)
    session.subscribe('/pk/dn/user/+', { qos: 1, id: 0, at: 0 })
    session.subscribe('/sys/pk/dn/thing/#', { qos: 1, id: 5, at: 0 })
    expect(session.matches('/pk/dn/user/get')).toBe(true)
    expect(session.matches('/pk/dn/other/get')).toBe(false)
    expect(session.matches('/ext/rrpc/17/pk/dn/user/get')).toBe(true)
    expect(session.matches('/ext/rrpc/17')).toBe(false)
    expect(session.matches('/ext/rrpc/17/pk/dn/other')).toBe(false)
  })

  it('gathers the identifiers of all matching subscriptions', () => {
    const session = new Session(1, false, 0)
    expect(session.matchingIds('/a/b')).toEqual([])
    session.subscribe('/a/b', { qos: 0, id: 3, at: 0 })
    session.subscribe('/a/+', { qos: 0, id: 4, at: 0 })
    session.subscribe('/a/#', { qos: 0, id: 0, at: 0 })
    session.subscribe('/c', { qos: 0, id: 5, at: 0 })
    expect(session.matchingIds('/a/b')).toEqual([3, 4])
  })

  it('forgets a subscription once', () => {
    const session = new Session(1, false, 0)
    expect(session.unsubscribe('/a')).toBe(false)
    session.subscribe('/a', { qos: 0, id: 0, at: 0 })
    expect([session.unsubscribe('/a'), session.unsubscribe('/a')]).toEqual([true, false])
  })

  it('gives out packet ids from 1 to 65535 and around again, never one that is in use', () => {
    const session = new Session(1, false, 0)
    expect([session.takePacketId(), session.takePacketId()]).toEqual([1, 2])
    for (let id = 3; id <= 0xFFFF; id++)
      session.takePacketId()
    session.inflight = new Map([[1, held(1)], [2, held(2)]])
    expect(session.takePacketId()).toBe(3)
  })

  it('puts what was not acknowledged before what was not sent', () => {
    const session = new Session(1, true, 1)
    session.inflight = new Map([[1, held(1)], [2, held(2)]])
    session.waiting = [held(3)]
    session.takeBackInflight()
    expect(session.waiting.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(session.inflight).toBeNull()
  })
})
