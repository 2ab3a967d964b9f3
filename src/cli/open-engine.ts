import type { Engine, EngineConfig } from '../engine/config.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import type { Log } from '../shared/log.ts'
import { randomInt } from 'node:crypto'
import path from 'node:path'
import { createEngine } from '../engine/engine.ts'
import { createFileLog } from '../host/log-stream.ts'
import { realClock } from '../host/real-clock.ts'
import { createMemoryPorts } from '../host/rpc/memory-port.ts'
import { serveRpc } from '../host/rpc/serve-rpc.ts'
import { createRpcClient } from '../shared/rpc/client.ts'
import { resourcesDir, spawnFleet } from './place.ts'
import { version } from './version.ts'

export type EngineWish = Pick<EngineConfig, 'workspaceDir' | 'mqtt' | 'httpUrl' | 'resumeFleets'>

/** The log of a workspace, closed with the stack. */
export function openWorkspaceLog(workspaceDir: string, stack: AsyncDisposableStack): Log {
  const log = createFileLog(path.join(workspaceDir, 'engine.log'))
  stack.defer(() => log.close())
  return log
}

/** Starts an engine in this process, closed with the stack. The caller holds the workspace's lock. */
export async function openEngine(wish: EngineWish, log: Log, stack: AsyncDisposableStack): Promise<Engine> {
  const engine = await createEngine(
    { ...wish, version, resourcesDir, spawnFleet },
    { clock: realClock, log, seed: randomInt(0x1_0000_0000) },
  )
  stack.defer(() => engine.close())
  return engine
}

/** Talks to an engine in this process as to any other: inputs are checked, errors are values. */
export function connectHere(engine: Engine, log: Log, stack: AsyncDisposableStack): ApiClient {
  const [ours, theirs] = createMemoryPorts()
  const server = serveRpc(engine.api, theirs, { engineId: engine.engineId, log })
  const client = createRpcClient(ours)
  stack.defer(async () => {
    client.close()
    await server.closed
  })
  return client
}
