import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import type { ConnectionStatus } from '../../../../src/ui/client/engine-connection.ts'
import { mount } from '@vue/test-utils'
import { createObservable } from '../../../../src/ui/client/observable.ts'
import { createSession, sessionKey } from '../../../../src/ui/session/connection.ts'

const offline: ConnectionStatus = { state: 'connecting', engineId: null, restarts: 0, attempts: 0, problem: null }

/** The edge of the page: an engine whose answers the test gives, and whose connection it makes and breaks. */
export function createEngineDouble(api: Pick<ApiClient, 'call'> | Pick<ApiClient, 'subscribe'>) {
  const status = createObservable<ConnectionStatus>(offline)
  const session = createSession({ api: api as ApiClient, status })
  return {
    session,
    set: (change: Partial<ConnectionStatus>) => status.set({ ...status.value, ...change }),
    /** Runs a composable where the page's components would; `unmount` ends it. */
    run<T>(use: () => T): { result: T, unmount: () => void } {
      let result: T
      const component = mount({ setup: () => {
        result = use()
        return () => null
      } }, { global: { provide: { [sessionKey]: session } } })
      return { result: result!, unmount: () => component.unmount() }
    },
  }
}
