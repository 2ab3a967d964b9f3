import type { InjectionKey, ShallowRef } from 'vue'
import type { ApiClient } from '../../shared/contract/contract.ts'
import type { ConnectionStatus, EngineConnection } from './engine-connection.ts'
import { getCurrentScope, inject, onScopeDispose, shallowRef } from 'vue'

/** Where the app puts its connection: `app.provide(engineKey, connectEngine())`. */
export const engineKey: InjectionKey<EngineConnection> = Symbol('engine')

/** The engine as a component sees it: its methods and streams, and the state of the connection as a ref. */
export function useEngine(): { api: ApiClient, status: Readonly<ShallowRef<ConnectionStatus>> } {
  const connection = inject(engineKey)
  if (!connection)
    throw new Error('No engine was provided: call app.provide(engineKey, connectEngine()) first.')
  const status = shallowRef(connection.status.value)
  const stop = connection.status.subscribe((value) => { status.value = value })
  if (getCurrentScope())
    onScopeDispose(stop)
  return { api: connection.api, status }
}
