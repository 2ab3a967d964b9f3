import type { Alarm, Clock } from '../shared/clock.ts'
import type { FleetPort } from './fleet/messages.ts'
import type { ScriptRunner } from './script/types.ts'
import process from 'node:process'
import { dial } from './fleet/dial.ts'
import { runFleetProcess } from './fleet/fleet-process.ts'
import { readOpenFilesMax } from './fleet/open-files-limit.ts'
import { createProcessLoad } from './process-load.ts'
import { openValueScripts } from './script/open-value-scripts.ts'

/** The parts of Electron's `process.parentPort` and `MessagePortMain` that are used here. */
interface ElectronParentPort {
  once: (event: 'message', listener: (event: { ports: ElectronMessagePort[] }) => void) => void
}
interface ElectronMessagePort {
  on: ((event: 'message', listener: (event: { data: unknown }) => void) => void) & ((event: 'close', listener: () => void) => void)
  postMessage: (message: unknown) => void
  start: () => void
}

const { timeOrigin } = performance
/** Never goes back, whatever happens to the clock on the wall. */
const realClock: Clock = {
  now: () => timeOrigin + performance.now(),
  setAlarm(delayMs, run): Alarm {
    const timer = setTimeout(run, delayMs)
    return {
      cancel: () => clearTimeout(timer),
    }
  },
}

/** The channel of a process that Node forked with `serialization: 'advanced'`. */
function forkedPort(): FleetPort {
  return {
    // A status that a closing channel loses is of use to nobody.
    post: message => process.send?.(message, undefined, undefined, () => {}),
    onMessage: listener => process.on('message', listener),
    onClose: listener => process.on('disconnect', listener),
  }
}

/** The channel of a utility process: a port to the engine that the shell hands over with its first message. */
function utilityPort(port: ElectronMessagePort): FleetPort {
  return {
    post: message => port.postMessage(message),
    onMessage(listener) {
      port.on('message', event => listener(event.data))
      port.start()
    },
    onClose: listener => port.on('close', listener),
  }
}

/** The sandbox is loaded with the first script: most fleets have none. */
async function openScripts(): Promise<ScriptRunner> {
  const { createScriptRunner } = await import('./script/script-runner.ts')
  return createScriptRunner({ clock: realClock })
}

function start(port: FleetPort): void {
  runFleetProcess(port, { clock: realClock, dial, openFilesMax: readOpenFilesMax, memoryBytes: () => process.memoryUsage.rss(), cpuPercent: createProcessLoad(), openScripts, openValueScripts }, () => process.exit(0))
}

// Ctrl+C in a terminal reaches this process too; its host decides how the fleet ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

const { parentPort } = process as { parentPort?: ElectronParentPort }
if (parentPort) {
  parentPort.once('message', ({ ports: [port] }) => {
    if (port)
      start(utilityPort(port))
  })
}
else if (process.send) {
  start(forkedPort())
}
else {
  process.stderr.write('This file is the simulated fleet of Thingbench; it is started by the engine, not by hand.\n')
  process.exitCode = 2
}
