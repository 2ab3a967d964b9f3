import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Clock } from '../../shared/clock.ts'
import type { SignedIn } from '../../shared/rpc/sign-in.ts'
import type { Sessions } from './sessions.ts'
import { limits } from '../../shared/limits.ts'
import { parseSignIn, signInCloseCodes } from '../../shared/rpc/sign-in.ts'

export interface SignInOptions {
  /** The connection below the WebSocket, for counting bytes before anything is trusted. */
  transport: Duplex
  /** The connection came from a page we served; a page signs in with a token or a session, a program with the secret. */
  isPage: boolean
  sessions: Sessions
  clock: Clock
}

/**
 * Waits for the first frame of a connection and answers it. `done` is called once: with true when the caller may go on, in
 * the same turn, because its next frame may be in the same packet; with false after the socket was closed: too late, too
 * much, or not allowed (one code for every reason, so that nothing can be guessed).
 */
export function awaitSignIn(socket: WebSocket, { transport, isPage, sessions, clock }: SignInOptions, done: (allowed: boolean) => void): void {
  let bytes = 0
  let isOver = false
  const tooLate = clock.setAlarm(limits.consoleAuthWithinMs, () => refuse(signInCloseCodes.tooLate, 'no sign-in'))
  const finish = (allowed: boolean): void => {
    // A packet that holds the first frame and more reaches both listeners, although the first took the other off.
    if (isOver)
      return
    isOver = true
    tooLate.cancel()
    transport.off('data', countBytes)
    socket.off('message', onFirst)
    socket.off('close', onClose)
    done(allowed)
  }
  function refuse(code: number, reason: string): void {
    finish(false)
    socket.close(code, reason)
  }
  function countBytes(chunk: Buffer): void {
    bytes += chunk.byteLength
    if (bytes > limits.consoleAuthBytesMax && !isOver) {
      finish(false)
      socket.terminate()
    }
  }
  function onFirst(data: RawData, isBinary: boolean): void {
    const session = isBinary
      ? undefined
      : accept(String(data))
    if (session === undefined)
      return refuse(signInCloseCodes.refused, 'wrong or used token')
    socket.send(JSON.stringify({ session } satisfies SignedIn))
    finish(true)
  }
  function onClose(): void {
    finish(false)
  }

  /** The session the caller goes on with, null for a program, undefined when it is not allowed. */
  function accept(text: string): string | null | undefined {
    const given = parseSignIn(text)
    if (!given)
      return undefined
    if ('secret' in given) {
      return !isPage && sessions.isSecret(given.secret)
        ? null
        : undefined
    }
    if (!isPage)
      return undefined
    if ('token' in given)
      return sessions.exchange(given.token)
    return sessions.isSession(given.session)
      ? given.session
      : undefined
  }

  transport.on('data', countBytes)
  socket.on('message', onFirst)
  socket.on('close', onClose)
}
