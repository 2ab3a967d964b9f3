import type { InjectionKey, ShallowRef } from 'vue'
import type { ApiClient } from '../../shared/contract/contract.ts'
import type { EngineConnection } from '../client/engine-connection.ts'
import { inject, shallowRef } from 'vue'
import { wallClock } from '../kit/wall-clock.ts'

/**
 * How the page stands to its engine. `epoch` counts the connections made so far, so that whoever shows data reloads it
 * when the number changes; `lost` keeps what was on screen and repairs itself; `refused` cannot be repaired.
 */
export type EngineState
  = | { kind: 'connecting' }
    | { kind: 'connected', epoch: number }
    | { kind: 'lost', sinceAt: number }
    | { kind: 'refused', message: string }

export interface Session { api: ApiClient, state: Readonly<ShallowRef<EngineState>> }

export const sessionKey: InjectionKey<Session> = Symbol('session')

/** The engine connection as the page's components see it. */
export function createSession(connection: Pick<EngineConnection, 'api' | 'status'>): Session {
  const state = shallowRef<EngineState>({ kind: 'connecting' })
  let epoch = 0
  const follow = ({ state: kind, problem }: EngineConnection['status']['value']): void => {
    if (kind === 'online')
      state.value = { kind: 'connected', epoch: ++epoch }
    else if (kind === 'refused')
      state.value = { kind, message: problem ?? '' }
    else if (kind === 'lost' && state.value.kind !== 'lost')
      state.value = { kind, sinceAt: wallClock.now() }
  }
  follow(connection.status.value)
  connection.status.subscribe(follow)
  return { api: connection.api, state }
}

/** The session, from anywhere in the page. */
export function useSession(): Session {
  const session = inject(sessionKey)
  if (!session)
    throw new Error('no session was provided to the page')
  return session
}

/** The engine's methods and streams. */
export function useApi(): ApiClient {
  return useSession().api
}
