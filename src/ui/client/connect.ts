import type { ShellBridge } from '../../shared/shell-bridge.ts'
import type { EngineConnection } from './engine-connection.ts'
import { shellBridgeName } from '../../shared/shell-bridge.ts'
import { wallClock } from '../kit/wall-clock.ts'
import { createEngineConnection } from './engine-connection.ts'
import { createSessionSharing } from './session-sharing.ts'
import { createShellTransport, createWebTransport } from './transport.ts'

/** The shell's bridge, when the page runs in the desktop shell. */
export function findShellBridge(page: Window): ShellBridge | undefined {
  return (page as Window & { [shellBridgeName]?: ShellBridge })[shellBridgeName]
}

/**
 * Connects this page to its engine: over a port from the desktop shell, else over the WebSocket of the place it was loaded
 * from. Call it before the router is made: the token in the address's fragment is taken out here.
 */
export function connectEngine(page: Window = window): EngineConnection {
  const bridge = findShellBridge(page)
  const transport = bridge
    ? createShellTransport(bridge, page)
    : createWebTransport({
        location: page.location,
        history: page.history,
        storage: page.sessionStorage,
        sharing: createSessionSharing(new BroadcastChannel('thingbench.session'), wallClock),
      })
  return createEngineConnection(transport, wallClock)
}
