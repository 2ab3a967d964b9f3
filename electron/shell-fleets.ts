import type { FleetProcess, FleetProcessExit, SpawnFleetProcess } from '../src/engine/fleet/messages.ts'
import type { EventedPort } from '../src/host/rpc/node-port.ts'

/** The engine process's side of fleets that main starts for it, because a utility process cannot start another. */
export interface ShellFleets {
  spawn: SpawnFleetProcess
  /** Main has started a process and hands over the port to it. */
  started: (id: number, port: EventedPort) => void
  exited: (id: number, exit: FleetProcessExit) => void
}

interface Entry {
  port: EventedPort | undefined
  /** Messages that were posted before the port came. */
  waiting: unknown[]
  onMessage: ((message: unknown) => void) | undefined
  onExit: ((exit: FleetProcessExit) => void) | undefined
}

/** Asks main to start and end fleet processes, and gives the engine a handle on each. */
export function createShellFleets(post: (message: { t: 'start-fleet' | 'kill-fleet', id: number }) => void): ShellFleets {
  const entries = new Map<number, Entry>()
  let lastId = 0

  function spawn(): FleetProcess {
    const id = ++lastId
    const entry: Entry = { port: undefined, waiting: [], onMessage: undefined, onExit: undefined }
    entries.set(id, entry)
    post({ t: 'start-fleet', id })
    return {
      post(message) {
        if (entry.port)
          entry.port.postMessage(message)
        else
          entry.waiting.push(message)
      },
      onMessage(listener) {
        entry.onMessage = listener
      },
      onExit(listener) {
        entry.onExit = listener
      },
      kill: () => post({ t: 'kill-fleet', id }),
    }
  }

  return {
    spawn,
    started(id, port) {
      const entry = entries.get(id)
      if (!entry)
        return port.close()
      entry.port = port
      port.on('message', ({ data }: { data: unknown }) => entry.onMessage?.(data))
      port.start?.()
      entry.waiting.splice(0).forEach(message => port.postMessage(message))
    },
    exited(id, exit) {
      const entry = entries.get(id)
      if (!entry)
        return
      entries.delete(id)
      entry.port?.close()
      entry.onExit?.(exit)
    },
  }
}
