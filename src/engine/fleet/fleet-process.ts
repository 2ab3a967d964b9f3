import type { Clock } from '../../shared/clock.ts'
import type { PendingWork } from '../../shared/pending-work.ts'
import type { ScriptRunner, ValueScripts } from '../script/types.ts'
import type { Dial } from './link-socket.ts'
import type { FleetPort, ToFleetProcess } from './messages.ts'
import type { SimulatedFleet } from './simulated-fleet.ts'
import type { FileCarrier } from './updates/downloads.ts'
import { createFleet } from './fleet.ts'
import { parseToProcess } from './messages.ts'
import { ScriptsFirst } from './scripts-first.ts'

/** At most four times a second. */
const statusMs = 250

export interface FleetProcessWorld {
  clock: Clock
  /** How devices reach the broker. */
  dial: Dial
  /** How files reach devices that have no sockets; absent: over HTTP. */
  carryFile?: FileCarrier
  /** Null where the system names no limit, or none counts. */
  openFilesMax: () => number | null
  /** Of the process; 0 where it is not the fleet's alone. */
  memoryBytes: () => number
  /** Processor time of the process as a share of one core; absent where it is not the fleet's alone. */
  cpuPercent?: () => number
  /** Counts downloads that run, for whoever waits until nothing does. */
  work?: PendingWork
  openScripts: () => Promise<ScriptRunner>
  /** Opens a sandbox for scripts that give values; called before the first message with such scripts is obeyed. */
  openValueScripts: (stopwatch: () => number) => Promise<ValueScripts>
}

/**
 * The life of a fleet process: says that it is ready, starts the fleet it is told to, reports figures, and answers
 * `finished` when it is told to end. It never outlives its host: when the channel closes, `exit` is called at once,
 * because an orphan would hold thousands of connections.
 */
export function runFleetProcess(port: FleetPort, { openFilesMax, openValueScripts, ...world }: FleetProcessWorld, exit: () => void): void {
  let fleet: SimulatedFleet | undefined
  let isEnding = false
  let hasAnnouncedEnd = false
  const stopwatch = (): number => performance.now()
  const scripts = new ScriptsFirst({ open: () => openValueScripts(stopwatch), work: world.work, obey, reject: problem => port.post({ kind: 'rejected', problem }) })

  port.onClose(() => {
    scripts.close()
    exit()
  })
  port.onMessage((value) => {
    const parsed = parseToProcess(value)
    if (parsed.ok)
      scripts.take(parsed.message)
    else
      port.post({ kind: 'rejected', problem: parsed.problem })
  })
  port.post({
    kind: 'ready',
    openFilesMax: openFilesMax(),
  })

  function obey(message: ToFleetProcess): void {
    if (message.kind === 'start') {
      if (fleet !== undefined)
        return port.post({ kind: 'rejected', problem: 'start: the fleet of this process runs already' })
      fleet = createFleet(message, {
        ...world,
        stopwatch,
        valueScripts: () => scripts.opened,
      })
      world.clock.setAlarm(statusMs, report)
    }
    else if (message.kind === 'finish' || message.kind === 'stop') {
      void end(message.kind === 'finish')
    }
    else if (message.kind === 'update') {
      fleet?.update(message)
    }
    else if (message.kind === 'steer') {
      fleet?.steer(message.ranges, message.steering)
    }
    else if (message.kind === 'accounts') {
      port.post({ kind: 'accounts', askId: message.askId, ...(fleet?.updateAccounts(message) ?? { accounts: [], total: 0 }) })
    }
    else if (message.kind === 'ends') {
      port.post({ kind: 'ends', askId: message.askId, ends: fleet?.ends(message.asks) ?? message.asks.map(() => null) })
    }
    else {
      fleet?.[message.kind](message.index)
    }
  }

  function report(): void {
    if (fleet === undefined || isEnding)
      return
    port.post({
      kind: 'status',
      status: fleet.status(),
    })
    if (fleet.hasEnded() && !hasAnnouncedEnd) {
      hasAnnouncedEnd = true
      port.post({ kind: 'ended' })
    }
    world.clock.setAlarm(statusMs, report)
  }

  async function end(inGoodOrder: boolean): Promise<void> {
    if (isEnding || fleet === undefined)
      return
    isEnding = true
    if (inGoodOrder)
      await fleet.finish()
    const { status, said } = fleet
    await fleet.close()
    port.post({
      kind: 'finished',
      status: status(),
      said: said(),
    })
  }
}
