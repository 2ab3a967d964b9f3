import type { Clock } from '../../shared/clock.ts'

/** What is needed of a BroadcastChannel, which reaches the other tabs of the same origin, port included, and nobody else. */
export type TabChannel = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>

/** Lets a tab that was opened from another one use its session, which a browser does not copy into it. */
export interface SessionSharing {
  /** The session of another tab; undefined when none answers in time. */
  ask: () => Promise<string | undefined>
  /** This tab has a session now and answers whoever asks. */
  offer: (session: string) => void
}

/** Tabs of the same browser answer within a few milliseconds. */
const answerWithinMs = 500

/** Shares the session between the tabs of one origin. */
export function createSessionSharing(channel: TabChannel, clock: Clock): SessionSharing {
  let offered: string | undefined
  let asked: ((session: string | undefined) => void) | undefined
  channel.addEventListener('message', ({ data }) => {
    if (data?.kind === 'ask' && offered !== undefined)
      channel.postMessage({ kind: 'answer', session: offered })
    else if (data?.kind === 'answer' && typeof data.session === 'string')
      asked?.(data.session)
  })
  return {
    ask: () => new Promise((resolve) => {
      const alarm = clock.setAlarm(answerWithinMs, () => asked?.(undefined))
      asked = (session) => {
        asked = undefined
        alarm.cancel()
        resolve(session)
      }
      channel.postMessage({ kind: 'ask' })
    }),
    offer(session) {
      offered = session
    },
  }
}
