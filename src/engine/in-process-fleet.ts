import type { Clock } from '../shared/clock.ts'
import type { PendingWork } from '../shared/pending-work.ts'
import type { Dial } from './fleet/link-socket.ts'
import type { FleetProcess, FleetProcessExit } from './fleet/messages.ts'
import type { FileCarrier } from './fleet/updates/downloads.ts'
import type { ScriptRunner, ValueScripts } from './script/types.ts'
import { runFleetProcess } from './fleet/fleet-process.ts'

export interface InProcessFleetWorld {
  clock: Clock
  dial: Dial
  carryFile: FileCarrier
  /** Counts what is under way outside of this thread. */
  work: PendingWork
  openScripts: () => Promise<ScriptRunner>
  openValueScripts: (stopwatch: () => number) => Promise<ValueScripts>
}

/**
 * Runs what otherwise is a process of its own inside the engine's, behind the same messages: its devices share the engine's
 * thread and clock. Messages arrive in a later turn and as copies, as between processes.
 */
export function startInProcessFleet(world: InProcessFleetWorld): FleetProcess {
  let toHost: (message: unknown) => void = () => {}
  let toFleet: (message: unknown) => void = () => {}
  let hostIsGone: () => void = () => {}
  let onExit: (exit: FleetProcessExit) => void = () => {}
  let isOver = false

  const inTurn = (run: () => void): void => {
    const arrived = world.work.begin()
    setImmediate(() => {
      if (!isOver)
        run()
      arrived()
    })
  }
  runFleetProcess({
    post(message) {
      // Figures are counted on in the same arrays.
      const copy = structuredClone(message)
      inTurn(() => toHost(copy))
    },
    onMessage: listener => toFleet = listener,
    onClose: listener => hostIsGone = listener,
  }, { ...world, openFilesMax: () => null, memoryBytes: () => 0 }, () => {})

  return {
    post: message => inTurn(() => toFleet(message)),
    // Whoever started it listens before the first message arrives, which takes a turn.
    onMessage: listener => toHost = listener,
    onExit: listener => onExit = listener,
    kill() {
      if (isOver)
        return
      isOver = true
      hostIsGone()
      // Later, as that of a process.
      setImmediate(() => onExit({ code: null, signal: null, lastWords: '' }))
    },
  }
}
