import type { ErrorValue } from '../src/shared/errors.ts'

/**
 * Keeps an engine process running: a pure state machine, whose effects `engine-host.ts` carries out.
 *
 * A process that dies by itself is started again, a little later each time; one that dies too often, or says why it cannot
 * start, is a question for the user.
 */
export type SupervisorState = SupervisorMemory & (
  | { phase: 'idle' }
  | { phase: 'starting' }
  | { phase: 'running' }
  /** Dead, and to be started again when the alarm fires. */
  | { phase: 'waiting' }
  /** Dead, until the user decides. */
  | { phase: 'failed' }
  | { phase: 'stopping' }
  | { phase: 'stopped' }
)

interface SupervisorMemory {
  /** Instants of the deaths that still count, epoch milliseconds. */
  crashes: number[]
}

export type SupervisorEvent
  = | { kind: 'start' }
    | { kind: 'ready' }
    /** The process said why it cannot start; it is ended then. */
    | { kind: 'refused', error: ErrorValue }
    | { kind: 'exited', code: number, at: number }
    | { kind: 'alarm' }
    /** The user wants it tried again. */
    | { kind: 'retry' }
    | { kind: 'stop' }

export type SupervisorEffect
  = | { kind: 'fork' }
    | { kind: 'restart-later', delayMs: number }
    | { kind: 'cancel-alarm' }
    /** Engine and pages can be joined. */
    | { kind: 'announce-ready' }
    | { kind: 'announce-lost' }
    | { kind: 'ask-user', problem: SupervisorProblem }
    /** Ask the process to end, and end it after `killAfterMs`. */
    | { kind: 'ask-to-stop', killAfterMs: number }
    | { kind: 'announce-stopped' }

export type SupervisorProblem
  = | { kind: 'refused', error: ErrorValue }
    | { kind: 'crashes', count: number, withinMs: number, code: number }

export const supervisorLimits = {
  crashesMax: 5,
  crashesWithinMs: 5 * 60_000,
  restartFirstMs: 250,
  restartLastMs: 5_000,
  /** The engine commits what is queued; a slow disk takes its time. */
  killAfterMs: 15_000,
} as const

export const initialSupervisor: SupervisorState = { phase: 'idle', crashes: [] }

export interface SupervisorStep { state: SupervisorState, effects: SupervisorEffect[] }

/** The next state and what is to be done. An event that means nothing in a state changes nothing. */
export function stepSupervisor(state: SupervisorState, event: SupervisorEvent): SupervisorStep {
  const { phase, crashes } = state
  const stay: SupervisorStep = { state, effects: [] }
  switch (event.kind) {
    case 'start':
      return phase === 'idle' ? { state: { phase: 'starting', crashes }, effects: [{ kind: 'fork' }] } : stay
    case 'ready':
      return phase === 'starting' ? { state: { phase: 'running', crashes }, effects: [{ kind: 'announce-ready' }] } : stay
    case 'refused':
      return phase === 'starting'
        ? { state: { phase: 'failed', crashes }, effects: [{ kind: 'ask-user', problem: { kind: 'refused', error: event.error } }] }
        : stay
    case 'exited':
      return exited(state, event)
    case 'alarm':
      return phase === 'waiting' ? { state: { phase: 'starting', crashes }, effects: [{ kind: 'fork' }] } : stay
    case 'retry':
      return phase === 'failed' ? { state: { phase: 'starting', crashes: [] }, effects: [{ kind: 'fork' }] } : stay
    case 'stop':
      return stop(state)
  }
}

function exited(state: SupervisorState, { code, at }: { code: number, at: number }): SupervisorStep {
  const { phase } = state
  if (phase === 'stopping')
    return { state: { phase: 'stopped', crashes: state.crashes }, effects: [{ kind: 'announce-stopped' }] }
  if (phase !== 'starting' && phase !== 'running')
    return { state, effects: [] }
  const { crashesMax, crashesWithinMs, restartFirstMs, restartLastMs } = supervisorLimits
  const crashes = [...state.crashes.filter(crash => at - crash < crashesWithinMs), at]
  const lost: SupervisorEffect[] = phase === 'running' ? [{ kind: 'announce-lost' }] : []
  if (crashes.length > crashesMax) {
    const problem = { kind: 'crashes', count: crashes.length, withinMs: crashesWithinMs, code } as const
    return { state: { phase: 'failed', crashes }, effects: [...lost, { kind: 'ask-user', problem }] }
  }
  const delayMs = Math.min(restartLastMs, restartFirstMs * 2 ** (crashes.length - 1))
  return { state: { phase: 'waiting', crashes }, effects: [...lost, { kind: 'restart-later', delayMs }] }
}

function stop(state: SupervisorState): SupervisorStep {
  const { phase, crashes } = state
  switch (phase) {
    case 'starting':
    case 'running':
      return { state: { phase: 'stopping', crashes }, effects: [{ kind: 'ask-to-stop', killAfterMs: supervisorLimits.killAfterMs }] }
    case 'waiting':
      return { state: { phase: 'stopped', crashes }, effects: [{ kind: 'cancel-alarm' }, { kind: 'announce-stopped' }] }
    case 'idle':
    case 'failed':
      return { state: { phase: 'stopped', crashes }, effects: [{ kind: 'announce-stopped' }] }
    case 'stopping':
    case 'stopped':
      return { state, effects: [] }
  }
}
