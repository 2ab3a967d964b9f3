import type { Port } from '../../shared/contract/port.ts'
import type { SignIn } from '../../shared/rpc/sign-in.ts'
import type { ShellBridge } from '../../shared/shell-bridge.ts'
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
  location: Pick<Location, 'href' | 'hash' | 'host' | 'pathname' | 'search' | 'protocol'>
  history: Pick<History, 'replaceState' | 'state'>
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  openSocket?: OpenSocket
}

const sessionKey = 'thingbench.session'

/**
 * Signs in over the WebSocket of the place the page was loaded from: the first time with the one-time token in the address's
 * fragment, which is taken out of the address at once, and from then on with the session that the engine gave for it. The
 * session outlives a reload of the tab and nothing else.
 */
export function createWebTransport({ location, history, storage, openSocket }: WebPlace): Transport {
  let token = takeToken(location, history)
  const url = `${location.protocol === 'https:'
    ? 'wss:'
    : 'ws:'}//${location.host}${rpcPath}`
  return {
    host: 'web',
    async open() {
      const session = storage.getItem(sessionKey)
      const signIn: SignIn | undefined = token
        ? { token }
        : session
          ? { session }
          : undefined
      if (!signIn)
        throw new AppError('connection/refused', 'This address lacks its token: open the one that Thingbench printed or opened at its start.')
      try {
        const connected = await connectWebSocket(url, signIn, openSocket)
        token = undefined
        if (connected.session)
          storage.setItem(sessionKey, connected.session)
        return connected.port
      }
      catch (error) {
        if (error instanceof AppError && error.code === 'connection/refused') {
          // A tab that is opened again with an address it used before may still have its session.
          if (token && session) {
            token = undefined
            return this.open(new AbortController().signal)
          }
          storage.removeItem(sessionKey)
        }
        throw error
      }
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
