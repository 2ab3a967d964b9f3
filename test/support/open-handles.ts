import type { ChildProcess } from 'node:child_process'
import type { Worker } from 'node:worker_threads'
import { subscribe } from 'node:diagnostics_channel'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'

/** The resources that Node lists by name only; what it does not list here is tracked one by one below. */
const countedResources = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TLSWrap',
  'UDPWrap',
  'PipeServerWrap',
  'FSEventWrap',
  'StatWatcher',
])

function countByName(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) {
    if (countedResources.has(name))
      counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** Which names occur more often in `after` than in `before`: `2 × TCPServerWrap`. */
export function leftOpen(before: readonly string[], after: readonly string[]): string[] {
  const known = countByName(before)
  return [
    ...countByName(after),
  ]
    .map(([name, count]) => ({ name, more: count - (known.get(name) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ name, more }) => `${more} × ${name}`)
}

/** The line of our own code that is being called from: `src/host/websocket.ts:41:9`; undefined inside the test runner. */
function madeAt(): string | undefined {
  const frames = (new Error('where').stack ?? '').split('\n').slice(2)
  const own = frames.find(frame => !frame.includes('node_modules') && !frame.includes('node:') && !frame.includes('<anonymous>') && !frame.includes('test/support/open-handles.ts'))
  return own?.trim().replace(/^at /, '')
}

/** Everything made since it was watched that is still alive, each with the line that made it. */
class Tracked<T extends object> {
  readonly #made = new Map<T, string>()

  add(thing: T): void {
    const place = madeAt()
    if (place !== undefined)
      this.#made.set(thing, place)
  }

  remove(thing: T): void {
    this.#made.delete(thing)
  }

  alive(kind: string, isAlive: (thing: T) => boolean = () => true): string[] {
    return [...this.#made].filter(([thing]) => isAlive(thing)).map(([, place]) => `a ${kind} made at ${place}`)
  }
}

/** Node's own timer object; a destroyed one has fired or was cleared. */
interface Timer extends NodeJS.Timeout { _destroyed?: boolean }

function trackTimers(): Tracked<Timer> {
  const timers = new Tracked<Timer>()
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const original = globalThis[name]
    const tracking = (run: () => void, delayMs?: number, ...rest: never[]) => {
      const timer = original(run, delayMs, ...rest) as unknown as Timer
      // A simulated browser has timers of its own, plain numbers, that end with its window.
      if (typeof timer === 'object' && (delayMs ?? 0) > 0)
        timers.add(timer)
      return timer
    }
    globalThis[name] = Object.assign(tracking, original) as unknown as typeof setTimeout & typeof setInterval
  }
  return timers
}

/** Compares what is open at the start and at the end of a test file, and gives closing things a moment to be gone. */
export function watchHandles(): { begin: () => void, end: () => Promise<string[]> } {
  const workers = new Tracked<Worker>()
  subscribe('worker_threads', (message) => {
    const { worker } = message as { worker: Worker }
    workers.add(worker)
    worker.once('exit', () => workers.remove(worker))
  })
  const processes = new Tracked<ChildProcess>()
  subscribe('child_process', (message) => {
    const { process } = message as { process: ChildProcess }
    processes.add(process)
    // One that could not be started says so and never exits.
    process.once('exit', () => processes.remove(process)).once('error', () => processes.remove(process))
  })
  const timers = trackTimers()

  let before: string[] = []
  const left = () => [
    ...leftOpen(before, process.getActiveResourcesInfo()),
    ...workers.alive('worker'),
    ...processes.alive('process'),
    ...timers.alive('timer', timer => timer._destroyed !== true && timer.hasRef()),
  ]
  return {
    begin() {
      before = process.getActiveResourcesInfo()
    },
    async end() {
      // A socket that was just closed is listed until the event loop has turned a few times.
      for (let turn = 0; turn < 40 && left().length > 0; turn++)
        await delay(50)
      return left()
    },
  }
}
