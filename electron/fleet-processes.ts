import type { MessagePortMain } from 'electron'
import type { FleetProcessExit } from '../src/engine/fleet/messages.ts'
import type { Log } from '../src/shared/log.ts'
import type { ElectronApi, ShellProcess } from './electron-api.ts'

export interface FleetProcessesOptions {
  electron: Pick<ElectronApi, 'utilityProcess' | 'MessageChannelMain'>
  /** The built entry of a fleet process. */
  entry: string
  log: Log
  /** Hands the engine process its end of the port to a fleet process. */
  onStarted: (id: number, port: MessagePortMain) => void
  onExited: (id: number, exit: FleetProcessExit) => void
}

/** The fleet processes that main runs for one engine process. */
export interface FleetProcesses {
  start: (id: number) => void
  kill: (id: number) => void
  /** Ends them all; for an engine process that is gone. */
  killAll: () => void
}

/** How much of a process's standard error is kept for the sentence about its end. */
const lastWordsMax = 4_096
/** More than the largest fleet needs; an engine that asks for more is mad. */
const processesMax = 64

/** Starts fleet processes as utility processes and joins each to the engine by a port, which main does not read. */
export function createFleetProcesses({ electron, entry, log, onStarted, onExited }: FleetProcessesOptions): FleetProcesses {
  const children = new Map<number, ShellProcess>()

  function start(id: number): void {
    if (children.size >= processesMax) {
      log.error('a fleet process was refused: too many run', { running: children.size })
      return onExited(id, { code: null, signal: null, lastWords: `The desktop shell runs at most ${processesMax} fleet processes.` })
    }
    const child = electron.utilityProcess.fork(entry, [], { serviceName: 'Thingbench fleet', stdio: ['ignore', 'ignore', 'pipe'] })
    const { port1, port2 } = new electron.MessageChannelMain()
    let lastWords = ''
    children.set(id, child)
    child.stderr?.on('data', (chunk: Buffer | string) => {
      lastWords = (lastWords + String(chunk)).slice(-lastWordsMax)
    })
    child.on('exit', (code) => {
      children.delete(id)
      onExited(id, { code, signal: null, lastWords })
    })
    child.postMessage({ t: 'port' }, [port1])
    onStarted(id, port2)
  }

  return {
    start,
    kill: id => void children.get(id)?.kill(),
    killAll: () => children.forEach(child => child.kill()),
  }
}
