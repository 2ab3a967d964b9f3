import type { FleetProcessExit } from '../src/engine/fleet/messages.ts'
import type { ServeWish } from '../src/host/serving.ts'
import type { ErrorValue } from '../src/shared/errors.ts'
import type { VaultAnswer, VaultAsk } from './shell-vault.ts'

/**
 * What main and the engine process say to each other over the process's own channel. Pages and fleets do not come this way:
 * each has a port of its own, which main only hands over.
 */
export type ToEngineProcess
  /** The first message. */
  = | { t: 'start', wish: ServeWish, place: EnginePlace }
    /** With one port: a page to serve. */
    | { t: 'attach' }
    /** With one port: to the fleet process that was asked for. */
    | { t: 'fleet-started', id: number }
    | { t: 'fleet-exited', id: number, exit: FleetProcessExit }
    | VaultAnswer
    /** Commit what is queued and end. */
    | { t: 'stop' }

export type FromEngineProcess
  = | { t: 'ready' }
    /** It cannot start, and why; it waits to be ended then. */
    | { t: 'refused', error: ErrorValue }
    | { t: 'start-fleet', id: number }
    | { t: 'kill-fleet', id: number }
    | VaultAsk

/** Where the engine process finds the product's parts. */
export interface EnginePlace { version: string, resourcesDir: string, rendererDir: string }
