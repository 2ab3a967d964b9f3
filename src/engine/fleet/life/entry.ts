import type { CellState } from '../../../shared/contract/fleet.ts'

export type How = 'inGoodOrder' | 'cut'
/** Every phase but `on` is a state of its cell. */
export type Phase = 'on' | Extract<CellState, 'off' | 'booting' | 'flashing' | 'dead'>

export const never = Number.POSITIVE_INFINITY

/** One device whose life is not just to be on. Instants are epoch milliseconds. */
export interface Entry {
  phase: Phase
  /** When the phase ends by itself. */
  until: number
  /** When it starts again by itself, and how it goes then. */
  rebootAt: number
  rebootHow: How
  /** It was told to be without power until `forcedUntil`, or to have power until its schedule says so too. */
  forced: 'off' | 'on' | null
  forcedUntil: number
  /** It is to go once what it has sent is acknowledged, at the latest by then. */
  leaving: { to: 'off' | 'reboot', by: number } | null
  /** Its own time when it lost power, milliseconds; null: it has power, or was never online. */
  goneAt: number | null
  boots: number
  /** It reports as soon as it is online. */
  reportsFirst: boolean
}

/** A device that is on. */
export function newEntry(): Entry {
  return { phase: 'on', until: never, rebootAt: never, rebootHow: 'cut', forced: null, forcedUntil: never, leaving: null, goneAt: null, boots: 0, reportsFirst: false }
}
