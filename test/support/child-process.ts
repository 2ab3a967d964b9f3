import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import process from 'node:process'
import { waitFor } from './wait-for.ts'

export interface ProcessOptions {
  cwd?: string
  /** Added to this process's environment; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>
  /** Text for standard input, which is closed after it. Default: nothing. */
  input?: string
}

export interface ExitOutcome { code: number | null, signal: NodeJS.Signals | null }

export interface RunningProcess {
  readonly child: ChildProcess
  readonly pid: number
  /** Everything written so far. */
  stdout: () => string
  stderr: () => string
  /** Resolves when the process has ended and all its output has been read. */
  readonly exited: Promise<ExitOutcome>
  /** Resolves with the first complete line of standard output that `matches`; fails when the process ends before it. */
  line: (matches: (line: string) => boolean, options?: { timeoutMs?: number, what?: string }) => Promise<string>
  /** Sends SIGTERM (or `signal`) and waits for the end; SIGKILL follows after ten seconds. */
  stop: (signal?: NodeJS.Signals) => Promise<ExitOutcome>
  /** `kill -9` and wait. */
  kill: () => Promise<ExitOutcome>
}

/** Children that have not ended; a test run that dies takes them along. */
const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children)
    child.kill('SIGKILL')
})

/** Starts a program, captures its output, and stops it by its own pid. `node` is the Node that runs the tests. */
export function startProcess(command: string, args: string[], options: ProcessOptions = {}): RunningProcess {
  const child = spawn(command === 'node'
    ? process.execPath
    : command, args, {
    cwd: options.cwd,
    env: {
      ...process.env,
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  // Decoding in the stream keeps characters whole that arrive in two chunks.
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output.stdout += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output.stderr += text })
  child.stdin.on('error', () => { /* The program ended without reading its input. */ })
  child.stdin.end(options.input ?? '')

  let outcome: ExitOutcome | undefined
  const exited = new Promise<ExitOutcome>((resolve, reject) => {
    child.on('error', (error) => {
      children.delete(child)
      reject(new Error(`${command} could not be started: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      children.delete(child)
      outcome = { code, signal }
      resolve(outcome)
    })
  })
  // A test that never looks at the end must not fail with an unhandled rejection on top of its own failure.
  exited.catch(() => {})

  const told = () => `${command} ${args.join(' ')}\n--- stdout ---\n${output.stdout}\n--- stderr ---\n${output.stderr}`
  const end = async (signal: NodeJS.Signals): Promise<ExitOutcome> => {
    if (!outcome)
      child.kill(signal)
    const last = setTimeout(() => child.kill('SIGKILL'), 10_000)
    try {
      return await exited
    }
    finally {
      clearTimeout(last)
    }
  }

  return {
    child,
    get pid() { return child.pid ?? -1 },
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exited,
    async line(matches, { timeoutMs = 20_000, what = 'a line of output' } = {}) {
      let ended = false
      exited.catch(() => {}).finally(() => { ended = true })
      const complete = () => output.stdout.split('\n').slice(0, -1).find(matches)
      await waitFor(() => complete() !== undefined || ended, { timeoutMs, what: `${what} of ${told()}` })
      const line = complete()
      if (line === undefined)
        throw new Error(`The process ended without ${what}: ${told()}`)
      return line
    },
    stop: (signal = 'SIGTERM') => end(signal),
    kill: () => end('SIGKILL'),
  }
}

export interface RunResult extends ExitOutcome { stdout: string, stderr: string }

/** Runs a program to its end and returns what it said; kills it and fails after `timeoutMs` (default 20,000). */
export async function runProcess(command: string, args: string[], options: ProcessOptions & { timeoutMs?: number } = {}): Promise<RunResult> {
  const { timeoutMs = 20_000 } = options
  const running = startProcess(command, args, options)
  let late = false
  const timer = setTimeout(() => {
    late = true
    running.child.kill('SIGKILL')
  }, timeoutMs)
  const outcome = await running.exited.finally(() => clearTimeout(timer))
  if (late)
    throw new Error(`${command} ${args.join(' ')} was still running after ${timeoutMs} ms.\n--- stdout ---\n${running.stdout()}\n--- stderr ---\n${running.stderr()}`)
  return {
    ...outcome,
    stdout: running.stdout(),
    stderr: running.stderr(),
  }
}
