import type { Port } from '../../shared/contract/port.ts'
import type { SignIn } from '../../shared/rpc/sign-in.ts'
import type { ShellBridge } from '../../shared/shell-bridge.ts'
import type { SessionSharing } from './session-sharing.ts'
import type { OpenSocket } from './websocket.ts'
import { AppError } from '../../shared/errors.ts'
import { rpcPath } from '../../shared/rpc/sign-in.ts'
import { enginePortMessage } from '../../shared/shell-bridge.ts'
import { createMessagePort } from './message-port.ts'
import { connectWebSocket } from './websocket.ts'

/** One way to reach the engine. */
export interface Transport {
  readonly host: 'electron' | 'web'
  /** A new connection; rejects with connection/refused when asking again is of no use. */
  open: (signal: AbortSignal) => Promise<Port>
}

/** Asks the desktop shell for a port. It answers when an engine runs, so there is nothing to repeat. */
export function createShellTransport(bridge: ShellBridge, page: Window): Transport {
  let current: Port | undefined
  bridge.onEngineLost(() => current?.close())
  return {
    host: 'electron',
    open: signal => new Promise((resolve, reject) => {
      const stop = (): void => {
        page.removeEventListener('message', onMessage)
        signal.removeEventListener('abort', onAbort)
      }
      function onMessage(event: MessageEvent): void {
        const [port] = event.ports
        if (event.source !== page || event.data !== enginePortMessage || !port)
          return
        stop()
        current = createMessagePort(port)
        resolve(current)
      }
      function onAbort(): void {
        stop()
        reject(new AppError('connection/lost', 'The page no longer waits for the engine.'))
      }
      page.addEventListener('message', onMessage)
      signal.addEventListener('abort', onAbort)
      bridge.requestEngine()
    }),
  }
}

/** What the web transport needs of the page it runs in. */
export interface WebPlace {
  location: Pick<Location, 'hash' | 'host' | 'pathname' | 'search' | 'protocol'>
  history: Pick<History, 'replaceState' | 'state'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  sharing: SessionSharing
  openSocket?: OpenSocket
}

const sessionKey = 'thingbench.session'

/**
 * Signs in over the WebSocket of the place the page was loaded from: the first time with the one-time token in the address's
 * fragment, which is taken out of the address at once, and from then on with the session that the engine gave for it. The
 * session outlives a reload of the tab, and a tab opened from this one gets it by asking.
 */
export function createWebTransport({ location, history, storage, sharing, openSocket }: WebPlace): Transport {
  const url = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${rpcPath}`
  let token = takeToken(location, history)
  const cameWithToken = token !== undefined

  /** The ways to sign in, best first; each is tried only when the one before was refused. */
  async function* waysIn(): AsyncGenerator<SignIn> {
    if (token)
      yield { token }
    token = undefined
    const own = storage.getItem(sessionKey)
    if (own)
      yield { session: own }
    storage.removeItem(sessionKey)
    // An address with a token works once, whoever else is signed in; one without was opened from a page of ours.
    if (cameWithToken)
      return
    const shared = await sharing.ask()
    if (shared && shared !== own)
      yield { session: shared }
  }

  return {
    host: 'web',
    async open() {
      for await (const signIn of waysIn()) {
        try {
          const { port, session } = await connectWebSocket(url, signIn, openSocket)
          token = undefined
          if (session) {
            storage.setItem(sessionKey, session)
            sharing.offer(session)
          }
          return port
        }
        catch (error) {
          if (!(error instanceof AppError) || error.code !== 'connection/refused')
            throw error
        }
      }
      throw new AppError('connection/refused', 'This address opens no page any more: an address works once, and only while its engine runs. Run npm start again to get a new one.')
    },
  }
}

/** The token in `#t=…`, taken out of the address bar and the history. */
function takeToken(location: WebPlace['location'], history: WebPlace['history']): string | undefined {
  const token = /^#t=([\w-]+)$/.exec(location.hash)?.[1]
  if (token)
    history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
