import type { ReadyEvent } from '../../src/cli/serve.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { ProcessOptions, RunningProcess, RunResult } from './child-process.ts'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { runProcess, startProcess } from './child-process.ts'

/** What `npx thingbench` runs. */
export const thingbenchBin: string = fileURLToPath(new URL('../../src/cli/bin.mjs', import.meta.url))

/** Runs one command to its end, as a user would, on the Node that runs the tests. */
export function thingbench(args: string[], options: ProcessOptions & { timeoutMs?: number } = {}): Promise<RunResult> {
  return runProcess('node', [thingbenchBin, ...args], { timeoutMs: 60_000, ...options })
}

/** Runs one command with `--json` that must succeed without a word on stderr, and returns what it printed. */
export async function thingbenchJson(args: string[], options: ProcessOptions = {}): Promise<JsonObject[]> {
  const { code, stdout, stderr } = await thingbench([...args, '--json'], options)
  if (code !== 0 || stderr !== '')
    throw new Error(`thingbench ${args.join(' ')} ended with ${code}.\n--- stdout ---\n${stdout}\n--- stderr ---\n${stderr}`)
  return jsonLines(stdout)
}

/** What a command wrote as JSON, a value a line. */
export function jsonLines(text: string): JsonObject[] {
  return text.split('\n').filter(line => line !== '').map(line => JSON.parse(line) as JsonObject)
}

export interface StartedServer { server: RunningProcess, ready: ReadyEvent }

/** Inside a test: `thingbench serve` on free ports without a browser, ready; killed when the test is over. */
export async function startServer(args: string[], options: ProcessOptions & { command?: string } = {}): Promise<StartedServer> {
  const server = startProcess(options.command ?? 'node', [thingbenchBin, 'serve', '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json', ...args], options)
  onTestFinished(async () => {
    await server.kill()
  })
  return { server, ready: await readyOf(server) }
}

/** What a server says of itself once it is ready. */
export async function readyOf(server: RunningProcess): Promise<ReadyEvent> {
  return JSON.parse(await server.line(line => line.startsWith('{"event":"ready"'), { timeoutMs: 30_000, what: 'the ready line' })) as ReadyEvent
}
