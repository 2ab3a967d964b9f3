import { describe, expect, it } from 'vitest'
import { createSessions } from '../../../../src/host/web/sessions.ts'
import { limits } from '../../../../src/shared/limits.ts'

describe('the sessions of a console', () => {
  it('exchange a token once for a session', () => {
    const sessions = createSessions()
    const token = sessions.createToken()
    const session = sessions.exchange(token)!
    expect(sessions.isSession(session)).toBe(true)
    expect(sessions.exchange(token)).toBeUndefined()
    expect(sessions.isSession(token)).toBe(false)
  })

  it('know no token, session or secret but their own', () => {
    const [ours, theirs] = [createSessions(), createSessions()]
    const foreign = theirs.createToken()
    expect(ours.exchange(foreign)).toBeUndefined()
    expect(ours.isSession(theirs.exchange(foreign)!)).toBe(false)
    expect([ours.secret, theirs.secret, '', 'x'].map(ours.isSecret)).toEqual([true, false, false, false])
  })

  it('make each secret of 256 bits', () => {
    const sessions = createSessions()
    const made = [sessions.secret, sessions.createToken(), sessions.exchange(sessions.createToken())!]
    expect(made.map(secret => Buffer.from(secret, 'base64url').length)).toEqual([32, 32, 32])
    expect(new Set(made).size).toBe(3)
  })

  it('forget the oldest token that nobody used', () => {
    const sessions = createSessions()
    const tokens = Array.from({ length: limits.consoleTokensMax + 1 }, () => sessions.createToken())
    expect(tokens.map(token => sessions.exchange(token) !== undefined)).toEqual([false, ...tokens.slice(1).map(() => true)])
  })

  it('end the oldest session beyond the limit', () => {
    const sessions = createSessions()
    const made = Array.from({ length: limits.consoleSessionsMax + 1 }, () => sessions.exchange(sessions.createToken())!)
    expect(made.map(sessions.isSession)).toEqual([false, ...made.slice(1).map(() => true)])
  })
})
