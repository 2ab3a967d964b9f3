import type { Engine, EngineConfig } from '../../src/engine/config.ts'
import type { Clock } from '../../src/shared/clock.ts'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { createEngine } from '../../src/engine/engine.ts'
import { forkFleetProcess } from '../../src/engine/fork-fleet-process.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { createMemoryPorts } from '../../src/host/rpc/memory-port.ts'
import { serveRpc } from '../../src/host/rpc/serve-rpc.ts'
import { silentLog } from '../../src/shared/log.ts'
import { createRpcClient } from '../../src/shared/rpc/client.ts'
import { tempFolder } from './temp-folder.ts'

export interface TestEngine {
  engine: Engine
  /** The whole way of a call: client, checks, engine. */
  api: ApiClient
  mqtt: { host: string, port: number }
  dir: string
  /** Stops it before the test ends; stopping twice is harmless. */
  close: () => Promise<void>
}

/** Inside a test: a whole engine on a free port with a real store and real fleet processes; stopped when the test is over. */
export async function startEngine(wish: Partial<EngineConfig> = {}, clock: Clock = realClock): Promise<TestEngine> {
  const dir = wish.workspaceDir ?? tempFolder()
  const config: EngineConfig = {
    workspaceDir: dir,
    version: '0.0.0-test',
    mqtt: { host: '127.0.0.1', port: 0 },
    openDeviceHttp: null,
    openApiHttp: null,
    resourcesDir: fileURLToPath(new URL('../../resources', import.meta.url)),
    spawnFleet: () => forkFleetProcess(),
    ...wish,
  }
  const engine = await createEngine(config, { clock, log: silentLog, seed: 1 })
  const [ours, theirs] = createMemoryPorts()
  const server = serveRpc(engine.api, theirs, { engineId: engine.engineId, log: silentLog })
  const api = createRpcClient(ours)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => closing ??= (async () => {
    api.close()
    await server.closed
    await engine.close()
  })()
  onTestFinished(close)
  return { engine, api, mqtt: engine.mqtt ?? { host: '', port: 0 }, dir, close }
}

/** Imports a thing model with one number (`Counter`, 0 to 100), one text and one switch, and makes one device. */
export async function makeDevice(api: ApiClient, deviceName = 'dev-0001'): Promise<DeviceCertificate> {
  const text = JSON.stringify({
    profile: { productKey: 'a1Test' },
    properties: [
      { identifier: 'Counter', name: 'Counter', accessMode: 'rw', required: false, dataType: { type: 'int', specs: { min: '0', max: '100', step: '1', unit: '%', unitName: 'percent' } } },
      { identifier: 'Label', name: 'Label', accessMode: 'rw', required: false, dataType: { type: 'text', specs: { length: '8' } } },
      { identifier: 'Switch', name: 'Switch', accessMode: 'rw', required: false, dataType: { type: 'bool', specs: { 0: 'off', 1: 'on' } } },
    ],
    events: [],
    services: [],
  })
  const products = await api.call('product.list', {})
  if (!products.some(product => product.productKey === 'a1Test'))
    await api.call('product.importModel', { text })
  const { certificates } = await api.call('device.create', { productKey: 'a1Test', deviceName })
  return certificates[0]!
}
