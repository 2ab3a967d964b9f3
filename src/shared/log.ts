import type { JsonValue } from './json.ts'

export type LogFields = Record<string, JsonValue | undefined>

/** What every part of the engine writes its own log to; hosts decide where the lines go. */
export interface Log {
  debug: (message: string, fields?: LogFields) => void
  info: (message: string, fields?: LogFields) => void
  warn: (message: string, fields?: LogFields) => void
  error: (message: string, fields?: LogFields) => void
  /** A logger that stamps every line with these fields. */
  child: (fields: LogFields) => Log
}

/** Discards everything; for tests and for tools that print their own output. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
}
