import type { Clock } from '../../shared/clock.ts'
import type { Log } from '../../shared/log.ts'
import type { BoundStatement, Store } from '../store/types.ts'
import type { HeldMessage, Session } from './session.ts'
import { AppError } from '../../shared/errors.ts'
import { deleteQueued, deleteSession, insertQueued, upsertSession } from './session-rows.ts'

/** Statements of one transaction: enough to be cheap, few enough to stay short. */
const statementsPerWriteMax = 5_000
const retryAfterMs = 1_000

/** Keeps the rows of sessions in step with what the broker does, in the order in which it does it. */
export interface SessionSaver {
  /** The session has changed; several changes before the next write become one. */
  saveSession: (session: Session) => void
  deleteSession: (session: Session) => void
  insertMessage: (session: Session, message: HeldMessage) => void
  deleteMessage: (message: HeldMessage) => void
  /** Calls `run` when everything up to here has been committed. */
  whenSaved: (run: () => void) => void
  /** Writes what is left, once; resolves even when the store fails, which has been logged then. */
  close: () => Promise<void>
}

/** For a broker without a store: sessions last as long as it does. */
export const unsavedSessions: SessionSaver = {
  saveSession: () => {},
  deleteSession: () => {},
  insertMessage: () => {},
  deleteMessage: () => {},
  whenSaved: run => run(),
  close: async () => {},
}

/**
 * Writes through `store`, one transaction at a time: what gathers while one is being written is the next. A write that
 * fails is tried again until it succeeds, so that nothing is answered that is not safe.
 */
export class StoredSessions implements SessionSaver {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  #statements: BoundStatement[] = []
  #changed = new Set<Session>()
  #waiting: (() => void)[] = []
  #writing: Promise<void> | undefined
  #isFailing = false
  #isClosing = false
  #wake: (() => void) | undefined

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  saveSession(session: Session): void {
    this.#changed.add(session)
    this.#schedule()
  }

  deleteSession(session: Session): void {
    this.#changed.delete(session)
    this.#statements.push(...deleteSession(session.deviceId))
    this.#schedule()
  }

  insertMessage(session: Session, message: HeldMessage): void {
    this.#statements.push(insertQueued(session.deviceId, message))
    this.#schedule()
  }

  deleteMessage(message: HeldMessage): void {
    this.#statements.push(deleteQueued(message.seq))
    this.#schedule()
  }

  whenSaved(run: () => void): void {
    this.#waiting.push(run)
    this.#schedule()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#wake?.()
    this.#schedule()
    await this.#writing
  }

  get #isIdle(): boolean {
    return this.#statements.length === 0 && this.#changed.size === 0 && this.#waiting.length === 0
  }

  #schedule(): void {
    if (this.#writing !== undefined || this.#isIdle)
      return
    this.#writing = this.#writeAll().then((isDone) => {
      this.#writing = undefined
      // Something may have come between the last look and this line.
      if (isDone)
        this.#schedule()
      return this.#writing
    })
  }

  /** False when it gave up because the broker closes. */
  async #writeAll(): Promise<boolean> {
    // What happens in the same turn goes into the same write.
    await new Promise<void>(resolve => setImmediate(resolve))
    while (!this.#isIdle) {
      const statements = this.#statements.splice(0, statementsPerWriteMax)
      // Everything older than a session row has to be written with it or before it: a wipe must not follow its successor.
      const isLast = this.#statements.length === 0
      const changed = isLast ? this.#changed : new Set<Session>()
      const waiting = isLast ? this.#waiting : []
      if (isLast) {
        this.#changed = new Set()
        this.#waiting = []
      }
      for (const session of changed)
        statements.push(upsertSession(session))
      if (!await this.#write(statements))
        return false
      for (const run of waiting)
        run()
    }
    return true
  }

  /** False when the broker closes while the store fails. */
  async #write(statements: BoundStatement[]): Promise<boolean> {
    while (statements.length > 0) {
      try {
        await this.#store.write(statements)
        if (this.#isFailing)
          this.#log.info('sessions are being saved again')
        this.#isFailing = false
        return true
      }
      catch (error) {
        if (!(error instanceof AppError && error.code === 'store/failing')) {
          // A wrong statement stays wrong; devices must not wait for it for ever.
          this.#log.error('sessions could not be saved', { error: messageOf(error) })
          return true
        }
        if (!this.#isFailing)
          this.#log.warn('sessions cannot be saved; trying again until they can', { error: messageOf(error) })
        this.#isFailing = true
        if (this.#isClosing)
          return false
        await this.#pause()
      }
    }
    return true
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const alarm = this.#clock.setAlarm(retryAfterMs, resolve)
      this.#wake = () => {
        alarm.cancel()
        resolve()
      }
    })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
