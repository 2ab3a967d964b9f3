import type { ReadyEvent } from '../../src/cli/serve.ts'
import type { Behaviour, Fleet, FleetTransport } from '../../src/shared/contract/fleet.ts'
import type { RpcClient } from '../../src/shared/rpc/client.ts'
import { dirname, join } from 'node:path'
import { findRunningEngine } from '../../src/host/lock-file.ts'
import { connectConsole } from '../../src/host/web/connect-console.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { quietUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { startProcess } from '../support/child-process.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const command = join(dirname(dirname(import.meta.dirname)), 'src/cli/bin.mjs')

/** A real `thingbench serve` in a process of its own, with a connection to its console. */
export interface BenchServer {
  readonly ready: ReadyEvent
  readonly client: RpcClient
  readonly pid: number
  readonly workspace: string
  /** Ends it as a user does. */
  stop: () => Promise<void>
  /** `kill -9`. */
  kill: () => Promise<void>
}

/** Starts `thingbench serve` on free ports; the workspace has to be given and stays. */
export async function startBenchServer(workspace: string, args: string[] = []): Promise<BenchServer> {
  const server = startProcess('node', [
    command,
    'serve',
    '--workspace',
    workspace,
    '--mqtt-port',
    '0',
    '--openapi-port',
    '0',
    '--no-open',
    '--json',
    ...args,
  ])
  try {
    const ready = JSON.parse(await server.line(line => line.includes('"ready"'), { timeoutMs: 60_000, what: 'the ready line' })) as ReadyEvent
    const running = await waitFor(() => findRunningEngine(workspace), { what: 'the lock file of the server' })
    const client = await connectConsole({ url: running.console, secret: running.secret })
    const end = async (how: () => Promise<unknown>) => {
      client.close()
      await how()
    }
    return {
      ready,
      client,
      pid: server.pid,
      workspace,
      stop: () => end(server.stop),
      kill: () => end(server.kill),
    }
  }
  catch (error) {
    await server.kill()
    throw error
  }
}

/** Runs `use` with a server on a workspace of its own, and leaves nothing behind. */
export async function withBenchServer<T>(args: string[], use: (server: BenchServer) => Promise<T>): Promise<T> {
  const folder = createTempFolder()
  try {
    const server = await startBenchServer(folder.path, args)
    try {
      return await use(server)
    }
    finally {
      await server.stop()
    }
  }
  finally {
    await folder.close()
  }
}

/** An electricity meter; with all its properties, one property post is about 200 bytes. */
const meter: Record<string, { type: string, specs: Record<string, string>, behaviour: Behaviour }> = {
  Voltage: {
    type: 'double',
    specs: {
      min: '0',
      max: '500',
      step: '0.01',
      unit: 'V',
    },
    behaviour: {
      kind: 'walk',
      min: 210,
      max: 250,
      step: 0.5,
    },
  },
  Current: {
    type: 'double',
    specs: {
      min: '0',
      max: '100',
      step: '0.001',
      unit: 'A',
    },
    behaviour: { kind: 'random', min: 1, max: 10 },
  },
  Power: {
    type: 'double',
    specs: {
      min: '0',
      max: '50000',
      step: '0.1',
      unit: 'W',
    },
    behaviour: {
      kind: 'sine',
      min: 200,
      max: 2000,
      periodSec: 60,
      noise: 5,
    },
  },
  Energy: {
    type: 'double',
    specs: {
      min: '0',
      max: '999999',
      step: '0.1',
      unit: 'kWh',
    },
    behaviour: {
      kind: 'ramp',
      min: 10_000,
      max: 90_000,
      periodSec: 86_400,
    },
  },
  Frequency: {
    type: 'double',
    specs: {
      min: '40',
      max: '70',
      step: '0.01',
      unit: 'Hz',
    },
    behaviour: {
      kind: 'walk',
      min: 49.9,
      max: 50.1,
      step: 0.01,
    },
  },
  PowerFactor: {
    type: 'double',
    specs: {
      min: '0',
      max: '1',
      step: '0.01',
      unit: '',
    },
    behaviour: { kind: 'random', min: 0.8, max: 1 },
  },
}

/** The thing model of the meter in the cloud's own form. */
export function meterModel(): string {
  const properties = Object.entries(meter).map(([identifier, { type, specs }]) => ({
    identifier,
    name: identifier,
    accessMode: 'r',
    required: false,
    dataType: { type, specs },
  }))
  return JSON.stringify({
    schema: 'https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json',
    profile: { productKey: 'a1BenchMeter' },
    properties,
    events: [],
    services: [],
  })
}

export const meterBehaviours: Record<string, Behaviour> = Object.fromEntries(Object.entries(meter).map(([name, { behaviour }]) => [name, behaviour]))

/** Makes the product of the benchmarks and a fleet of it that does nothing but report. */
export async function createMeterFleet(server: BenchServer, settings: { count: number, intervalSec: number, transport?: FleetTransport }): Promise<Fleet> {
  const { productKey } = await server.client.call('product.importModel', {
    text: meterModel(),
    name: 'Meter',
  })
  return await server.client.call('fleet.create', {
    conversation: quietConversation,
    updates: quietUpdates,
    productKey,
    ...settings,
    connectPerSec: 5_000,
    seed: 1,
    behaviours: meterBehaviours,
  })
}

/** Starts a fleet and waits until all of its devices are online. */
export async function connectAll(server: BenchServer, fleetId: string, count: number): Promise<void> {
  await server.client.call('fleet.start', { fleetId })
  await waitFor(async () => (await server.client.call('fleet.get', { fleetId })).stats.connected === count, { timeoutMs: 120_000, what: `${count} devices to be connected` })
}
