import type { FleetProcess } from './fleet/messages.ts'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How much of a process's standard error is kept for the sentence about its end. */
const lastWordsMax = 4_096

/**
 * Starts a fleet process with Node's `fork`, for hosts that run on plain Node. `entryPath` is the file to run: by
 * default the source beside this one; a bundle passes the path of its own entry.
 */
export function forkFleetProcess(entryPath: string = fileURLToPath(new URL('./fleet-process-entry.ts', import.meta.url))): FleetProcess {
  const child = fork(entryPath, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-lastWordsMax)
  })
  return {
    // A message to a process that has just ended is lost; its end is reported by itself.
    post: message => child.send(message, () => {}),
    onMessage: listener => child.on('message', listener),
    onExit(listener) {
      let hasExited = false
      const report = (code: number | null, signal: string | null): void => {
        if (hasExited)
          return
        hasExited = true
        listener({ code, signal, lastWords })
      }
      child.on('close', report)
      child.on('error', (error) => {
        lastWords ||= error.message
        // Without a process id it has never started, and no other event follows.
        if (child.pid === undefined)
          report(null, null)
      })
    },
    kill: () => child.kill('SIGKILL'),
  }
}
