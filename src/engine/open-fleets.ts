import type { Clock } from '../shared/clock.ts'
import type { Log } from '../shared/log.ts'
import type { PendingWork } from '../shared/pending-work.ts'
import type { Broker } from './broker/types.ts'
import type { EngineConfig } from './config.ts'
import type { DownloadServer } from './download-server.ts'
import type { FleetDevice, FleetProcess } from './fleet/messages.ts'
import type { InProcessNetwork } from './in-process-network.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { Store } from './store/types.ts'
import { randomUUID } from 'node:crypto'
import { createFleetHost } from './fleet/fleet-host.ts'
import { Fleets } from './fleet/fleets.ts'
import { FleetTargets } from './fleet/target/fleet-targets.ts'
import { SecretFile } from './fleet/target/secret-file.ts'
import { makeDeviceSecret, makeIotId } from './identity.ts'
import { createFileCarrier } from './in-process-files.ts'
import { startInProcessFleet } from './in-process-fleet.ts'
import { engineFiles } from './machine-facts.ts'
import { BlockFiles } from './platform/ota-package/block-files.ts'
import { countRuns } from './script/counted-runs.ts'
import { openValueScripts } from './script/open-value-scripts.ts'
import { createScriptRunner } from './script/script-runner.ts'

export interface FleetsContext {
  config: Pick<EngineConfig, 'spawnFleet' | 'version' | 'hasVirtualTime' | 'workspaceDir' | 'vault' | 'environment'>
  clock: Clock
  log: Log
  store: Store
  products: ProductRegistry
  devices: DeviceRegistry
  /** Where the simulated devices connect; null while no device port is open. */
  broker: () => Broker | null
  /** By which devices without sockets reach it. */
  network: InProcessNetwork
  /** From which they download. */
  http: Pick<DownloadServer, 'answer'>
  /** Counts what devices in this process have begun elsewhere: scripts, and reads of files. */
  work: PendingWork
  memory: Pick<MemoryBudget, 'admit'>
  /** Closes the host of the fleet processes. */
  stack: AsyncDisposableStack
}

/** Opens the fleets of a workspace, stopped; they take their products and devices from the registries. */
export async function openFleets({ config, clock, log: engineLog, store, products, devices, broker, network, http, work, memory, stack }: FleetsContext): Promise<Fleets> {
  const log = engineLog.child({ part: 'fleet' })
  const files = new BlockFiles(clock, log)
  stack.defer(() => files.close())
  const carryFile = createFileCarrier({ clock, log, work, files, answer: (url, from) => http.answer(url, from) })
  const spawnInProcess = (): FleetProcess => startInProcessFleet({ clock, dial: options => network.dial(options), carryFile, work, openScripts: async () => countRuns(createScriptRunner({ clock }), work), openValueScripts })
  // Processes of their own have their own time.
  const host = createFleetHost({ spawn: config.hasVirtualTime ? spawnInProcess : config.spawnFleet, spawnInProcess, clock, log, version: config.version, ...!config.hasVirtualTime && { engineFiles } })
  stack.defer(() => host.close())
  const ensureDevices = async (productKey: string, names: string[]): Promise<FleetDevice[]> => {
    const missing = names.filter(name => !devices.lookup(productKey, name))
    if (missing.length > 0)
      await devices.create(productKey, missing.map(deviceName => ({ deviceName, deviceSecret: makeDeviceSecret(), iotId: makeIotId(), simulated: true })), clock.now())
    return names.map((name) => {
      const { deviceName, deviceSecret } = devices.get(productKey, name)
      return { productKey, deviceName, deviceSecret }
    })
  }
  const hasVirtualTime = config.hasVirtualTime ?? false
  const secrets = await SecretFile.open({ dir: config.workspaceDir, vault: config.vault, environment: config.environment })
  return Fleets.open({
    store,
    clock,
    log,
    host,
    modelOf: productKey => products.wholeModelOf(productKey),
    nodeTypeOf: productKey => products.get(productKey).nodeType,
    ensureDevices,
    targets: new FleetTargets({ secrets, ensureDevices, localBroker: () => broker()?.address ?? null, hasVirtualTime }),
    makeId: randomUUID,
    admit: count => memory.admit(count),
    hashesTrace: hasVirtualTime,
  })
}
