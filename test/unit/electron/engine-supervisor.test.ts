import type { SupervisorEvent, SupervisorState } from '../../../electron/engine-supervisor.ts'
import { describe, expect, it } from 'vitest'
import { initialSupervisor, stepSupervisor, supervisorLimits } from '../../../electron/engine-supervisor.ts'

const error = { code: 'workspace/locked', message: 'Another engine has it.', details: {} } as const
const phases: SupervisorState['phase'][] = ['idle', 'starting', 'running', 'waiting', 'failed', 'stopping', 'stopped']
const events: SupervisorEvent[] = [{ kind: 'start' }, { kind: 'ready' }, { kind: 'refused', error }, { kind: 'exited', code: 1, at: 1_000 }, { kind: 'alarm' }, { kind: 'retry' }, { kind: 'stop' }]

/** Plays events from the beginning and returns every phase and effect on the way. */
function play(...played: SupervisorEvent[]): { state: SupervisorState, log: string[] } {
  const log: string[] = []
  let state = initialSupervisor
  for (const event of played) {
    const step = stepSupervisor(state, event)
    state = step.state
    log.push(`${event.kind} → ${state.phase}${step.effects.map(effect => `, ${effect.kind}${'delayMs' in effect ? ` ${effect.delayMs}` : ''}`).join('')}`)
  }
  return { state, log }
}

describe('the supervisor of the engine', () => {
  it('has an answer to every event in every phase', () => {
    const table = phases.flatMap(phase => events.map((event) => {
      const { state, effects } = stepSupervisor({ phase, crashes: [] }, event)
      return state.phase === phase && effects.length === 0 ? undefined : `${phase} + ${event.kind} → ${state.phase}: ${effects.map(effect => effect.kind).join(', ')}`
    })).filter(line => line !== undefined)
    expect(table).toMatchInlineSnapshot(`
      [
        "idle + start → starting: fork",
        "idle + stop → stopped: announce-stopped",
        "starting + ready → running: announce-ready",
        "starting + refused → failed: ask-user",
        "starting + exited → waiting: restart-later",
        "starting + stop → stopping: ask-to-stop",
        "running + exited → waiting: announce-lost, restart-later",
        "running + stop → stopping: ask-to-stop",
        "waiting + alarm → starting: fork",
        "waiting + stop → stopped: cancel-alarm, announce-stopped",
        "failed + retry → starting: fork",
        "failed + stop → stopped: announce-stopped",
        "stopping + exited → stopped: announce-stopped",
      ]
    `)
  })

  it('starts a dead engine again, later each time, and then asks the user', () => {
    const crash = (at: number): SupervisorEvent[] => [{ kind: 'ready' }, { kind: 'exited', code: 139, at }, { kind: 'alarm' }]
    const { log, state } = play({ kind: 'start' }, ...[1, 2, 3, 4, 5, 6].flatMap(crash))
    expect(log.filter(line => line.startsWith('exited'))).toEqual([
      'exited → waiting, announce-lost, restart-later 250',
      'exited → waiting, announce-lost, restart-later 500',
      'exited → waiting, announce-lost, restart-later 1000',
      'exited → waiting, announce-lost, restart-later 2000',
      'exited → waiting, announce-lost, restart-later 4000',
      'exited → failed, announce-lost, ask-user',
    ])
    expect(state.phase).toBe('failed')
  })

  it('forgets deaths that are five minutes old', () => {
    const crash = (at: number): SupervisorEvent[] => [{ kind: 'ready' }, { kind: 'exited', code: 1, at }, { kind: 'alarm' }]
    const { state } = play({ kind: 'start' }, ...Array.from({ length: 20 }, (_, index) => crash(index * (supervisorLimits.crashesWithinMs / 4))).flat())
    expect(state.phase).toBe('starting')
    expect(state.crashes.length).toBeLessThanOrEqual(supervisorLimits.crashesMax)
  })

  it('says how often and how the engine died', () => {
    const { effects } = stepSupervisor({ phase: 'running', crashes: [1, 2, 3, 4, 5] }, { kind: 'exited', code: 139, at: 6 })
    expect(effects).toEqual([{ kind: 'announce-lost' }, { kind: 'ask-user', problem: { kind: 'crashes', count: 6, withinMs: 300_000, code: 139 } }])
  })

  it('begins to count anew when the user tries again', () => {
    expect(stepSupervisor({ phase: 'failed', crashes: [1, 2, 3, 4, 5, 6] }, { kind: 'retry' }).state).toEqual({ phase: 'starting', crashes: [] })
  })

  it('asks and does not restart when the engine says why it cannot start', () => {
    expect(play({ kind: 'start' }, { kind: 'refused', error }, { kind: 'exited', code: 1, at: 5 }).log).toEqual(['start → starting, fork', 'refused → failed, ask-user', 'exited → failed'])
  })
})
