import type { Log } from '../shared/log.ts'
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { pino } from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Where lines go, one JSON object each, newline included. */
export interface LogSink { write: (line: string) => void }

/** A log that can be closed; lines after that are discarded. */
export interface LogStream extends Log { close: () => void }

/** One file of the log; when it is full it becomes `….1` and the one before that is deleted. */
const logFileBytesMax = 8 * 1024 * 1024

function wrap(logger: pino.Logger): Log {
  const write = (level: LogLevel): Log['info'] => (message, fields = {}) => logger[level](fields, message)
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: fields => wrap(logger.child(fields)),
  }
}

/** Writes JSON lines (`level`, `time` in epoch milliseconds, fields, `msg`) to a sink of the caller's. */
export function createSinkLog(sink: LogSink, level: LogLevel = 'info'): Log {
  // Without `base` pino would stamp every line with the process id and the host name.
  return wrap(pino({
    base: null,
    level,
    formatters: {
      level: label => ({ level: label }),
    },
  }, sink))
}

/**
 * Writes the log to a file, appending; at most two files of `fileBytesMax` (8 MiB) are kept. A line that cannot be written
 * (full disk, a folder in the place of the file) is lost: the log never stops the engine.
 */
export function createFileLog(path: string, options: { level?: LogLevel, fileBytesMax?: number } = {}): LogStream {
  const bytesMax = options.fileBytesMax ?? logFileBytesMax
  let file: number | null = null
  let bytes = 0
  let closed = false

  const openFile = (): number => {
    file = openSync(path, 'a', 0o600)
    bytes = fstatSync(file).size
    return file
  }
  const closeFile = (): void => {
    if (file !== null)
      closeSync(file)
    file = null
  }
  const turnOver = (): void => {
    closeFile()
    renameSync(path, `${path}.1`)
  }
  const sink: LogSink = {
    write(line) {
      if (closed)
        return
      try {
        if (file !== null && bytes >= bytesMax)
          turnOver()
        const written = writeSync(file ?? openFile(), line)
        bytes += written
      }
      catch {}
    },
  }
  return {
    ...createSinkLog(sink, options.level ?? 'info'),
    close() {
      closed = true
      closeFile()
    },
  }
}
