import type { EventedPort } from '../src/host/rpc/node-port.ts'
import type { Serving } from '../src/host/serving.ts'
import type { FromEngineProcess, ToEngineProcess } from './engine-messages.ts'
import { createNodePort } from '../src/host/rpc/node-port.ts'
import { serveRpc } from '../src/host/rpc/serve-rpc.ts'
import { startServing } from '../src/host/serving.ts'
import { toErrorValue } from '../src/shared/errors.ts'
import { createShellFleets } from './shell-fleets.ts'
import { createShellVault } from './shell-vault.ts'

/** The channel between a utility process and main, as far as it is used: Electron's `process.parentPort`. */
export interface ParentPort {
  on: (event: 'message', listener: (event: { data: unknown, ports: EventedPort[] }) => void) => unknown
  postMessage: (message: unknown) => void
}

/**
 * The life of the engine process: starts the engine it is told to, serves each page over a port of its own, and ends when it
 * is told to, after everything queued is committed. `exit` ends the process.
 */
export function runEngineService(parent: ParentPort, exit: (code: number) => void): void {
  const post = (message: FromEngineProcess): void => parent.postMessage(message)
  const fleets = createShellFleets(post)
  const vault = createShellVault(post)
  let starting: Promise<Serving> | undefined
  let isStopping = false

  async function start({ wish, place }: Extract<ToEngineProcess, { t: 'start' }>): Promise<void> {
    try {
      // Notices reach the user through the page.
      starting = startServing(wish, { ...place, spawnFleet: fleets.spawn, vault: vault.vault }, () => {})
      await starting
    }
    catch (error) {
      // Main ends the process once it has the reason; an exit from here could overtake it.
      return post({ t: 'refused', error: toErrorValue(error) })
    }
    if (!isStopping)
      post({ t: 'ready' })
  }

  async function stop(): Promise<void> {
    if (isStopping)
      return
    isStopping = true
    const serving = await starting?.catch(() => undefined)
    await serving?.close()
    exit(0)
  }

  async function attach(port: EventedPort | undefined): Promise<void> {
    const serving = await starting?.catch(() => undefined)
    if (port && serving && !isStopping)
      serveRpc(serving.engine.api, createNodePort(port, 'event'), { engineId: serving.engine.engineId, log: serving.log })
    else
      port?.close()
  }

  parent.on('message', ({ data, ports: [port] }) => {
    const message = data as ToEngineProcess
    switch (message.t) {
      case 'start':
        return void start(message)
      case 'attach':
        return void attach(port)
      case 'fleet-started':
        return port && fleets.started(message.id, port)
      case 'fleet-exited':
        return fleets.exited(message.id, message.exit)
      case 'vault-answered':
        return vault.answered(message)
      case 'stop':
        return void stop()
    }
  })
}
