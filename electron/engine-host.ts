import type { MessagePortMain } from 'electron'
import type { Alarm, Clock } from '../src/shared/clock.ts'
import type { ErrorValue } from '../src/shared/errors.ts'
import type { Log } from '../src/shared/log.ts'
import type { ElectronApi, ShellProcess } from './electron-api.ts'
import type { FromEngineProcess, ToEngineProcess } from './engine-messages.ts'
import type { SupervisorEffect, SupervisorEvent, SupervisorProblem } from './engine-supervisor.ts'
import { answerVault } from './answer-vault.ts'
import { initialSupervisor, stepSupervisor } from './engine-supervisor.ts'
import { createFleetProcesses } from './fleet-processes.ts'

export interface EngineHostOptions {
  electron: Pick<ElectronApi, 'utilityProcess' | 'MessageChannelMain' | 'safeStorage'>
  platform: NodeJS.Platform
  /** The built entries beside main's own. */
  engineEntry: string
  fleetEntry: string
  /** What the engine is started with. */
  startMessage: Extract<ToEngineProcess, { t: 'start' }>
  clock: Clock
  log: Log
  /** Pages can be given to the engine with `attach`, until `onLost`. */
  onReady: (attach: (port: MessagePortMain) => void) => void
  onLost: () => void
  /** The engine will not run again until `retry` is called. */
  onProblem: (problem: SupervisorProblem) => void
}

/** The engine process as the rest of the shell sees it. */
export interface EngineHost {
  start: () => void
  retry: () => void
  /** Resolves when the engine has committed what was queued and its process is gone. */
  stop: () => Promise<void>
}

/** Runs the engine in a utility process and carries out what the supervisor decides. */
export function createEngineHost({ electron, platform, engineEntry, fleetEntry, startMessage, clock, log, onReady, onLost, onProblem }: EngineHostOptions): EngineHost {
  let state = initialSupervisor
  let child: ShellProcess | undefined
  let alarm: Alarm | undefined
  const stopped = Promise.withResolvers<void>()

  function tell(message: ToEngineProcess, ports: MessagePortMain[] = []): void {
    child?.postMessage(message, ports)
  }

  function handle(event: SupervisorEvent): void {
    const before = state.phase
    const step = stepSupervisor(state, event)
    state = step.state
    if (state.phase !== before)
      log.info('the engine process changed its state', { from: before, to: state.phase, because: event.kind })
    step.effects.forEach(carryOut)
  }

  function carryOut(effect: SupervisorEffect): void {
    switch (effect.kind) {
      case 'fork':
        return fork()
      case 'restart-later':
        alarm = clock.setAlarm(effect.delayMs, () => handle({ kind: 'alarm' }))
        return
      case 'cancel-alarm':
        return alarm?.cancel()
      case 'announce-ready':
        return onReady(port => tell({ t: 'attach' }, [port]))
      case 'announce-lost':
        return onLost()
      case 'ask-user':
        return onProblem(effect.problem)
      case 'ask-to-stop':
        tell({ t: 'stop' })
        alarm = clock.setAlarm(effect.killAfterMs, () => {
          log.error('the engine process did not end in time and is killed')
          child?.kill()
        })
        return
      case 'announce-stopped':
        alarm?.cancel()
        return stopped.resolve()
    }
  }

  function fork(): void {
    const forked = electron.utilityProcess.fork(engineEntry, [], { serviceName: 'Thingbench engine', stdio: 'pipe' })
    const fleets = createFleetProcesses({
      electron,
      entry: fleetEntry,
      log,
      onStarted: (id, port) => forked.postMessage({ t: 'fleet-started', id } satisfies ToEngineProcess, [port]),
      onExited: (id, exit) => forked.postMessage({ t: 'fleet-exited', id, exit } satisfies ToEngineProcess),
    })
    child = forked
    // A process that was refused ends while the next may already run; what it does then concerns nobody.
    const handleOf = (event: SupervisorEvent): void => {
      if (forked === child)
        handle(event)
    }
    const refused = (error: ErrorValue): void => {
      handleOf({ kind: 'refused', error })
      forked.kill()
    }
    for (const [name, stream] of [['stdout', forked.stdout], ['stderr', forked.stderr]] as const)
      stream?.on('data', (chunk: Buffer | string) => log.warn('the engine process wrote', { stream: name, text: String(chunk).trimEnd() }))
    forked.on('message', (message: FromEngineProcess) => {
      if (message.t === 'start-fleet')
        fleets.start(message.id)
      else if (message.t === 'kill-fleet')
        fleets.kill(message.id)
      else if (message.t === 'vault')
        forked.postMessage(answerVault(electron, message, platform) satisfies ToEngineProcess)
      else if (message.t === 'ready')
        handleOf({ kind: 'ready' })
      else
        refused(message.error)
    })
    forked.on('exit', (code) => {
      log.info('the engine process ended', { code })
      fleets.killAll()
      handleOf({ kind: 'exited', code, at: clock.now() })
    })
    tell(startMessage)
  }

  return {
    start: () => handle({ kind: 'start' }),
    retry: () => handle({ kind: 'retry' }),
    stop() {
      handle({ kind: 'stop' })
      return stopped.promise
    },
  }
}
