import type { Engine, EngineConfig } from '../engine/config.ts'
import type { Clock } from '../shared/clock.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import type { Log } from '../shared/log.ts'
import { randomInt } from 'node:crypto'
import path from 'node:path'
import process from 'node:process'
import { createEngine } from '../engine/engine.ts'
import { createRpcClient } from '../shared/rpc/client.ts'
import { createFileLog } from './log-stream.ts'
import { realClock } from './real-clock.ts'
import { createMemoryPorts } from './rpc/memory-port.ts'
import { serveRpc } from './rpc/serve-rpc.ts'

/** The log of a workspace, `engine.log` in its folder, closed with the stack. */
export function openWorkspaceLog(workspaceDir: string, stack: AsyncDisposableStack): Log {
  const log = createFileLog(path.join(workspaceDir, 'engine.log'))
  stack.defer(() => log.close())
  return log
}

/**
 * Starts an engine in this process and a client that talks to it as to any other: inputs are checked, errors are values.
 * Both are closed with the stack. The caller holds the workspace's lock.
 */
export async function openEngine(config: EngineConfig, log: Log, stack: AsyncDisposableStack, clock: Clock = realClock): Promise<{ engine: Engine, client: ApiClient }> {
  const engine = await createEngine({ environment: name => process.env[name], ...config }, { clock, log, seed: randomInt(0x1_0000_0000) })
  stack.defer(() => engine.close())
  const [ours, theirs] = createMemoryPorts()
  const server = serveRpc(engine.api, theirs, { engineId: engine.engineId, log })
  const client = createRpcClient(ours)
  stack.defer(async () => {
    client.close()
    await server.closed
  })
  return { engine, client }
}
