import type { FleetDevice, FleetStart } from '../../src/engine/fleet/messages.ts'
import type { SimulatedFleet } from '../../src/engine/fleet/simulated-fleet.ts'
import type { Clock } from '../../src/shared/clock.ts'
import type { CellState } from '../../src/shared/contract/fleet.ts'
import type { ThingModel } from '../../src/shared/thing-model/types.ts'
import { onTestFinished } from 'vitest'
import { dial } from '../../src/engine/fleet/dial.ts'
import { createFleet } from '../../src/engine/fleet/fleet.ts'
import { createScriptRunner } from '../../src/engine/script/script-runner.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../src/shared/contract/fleet-life.ts'
import { plainReport } from '../../src/shared/contract/fleet-report.ts'
import { quietConfigConduct, quietUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { cellStates, fleetDeviceName } from '../../src/shared/contract/fleet.ts'
import { createFastClock } from './fast-clock.ts'

/** Certificates of devices `sim-0001` and so on; `firstIndex` counts from 0. */
export function certificates(count: number, firstIndex = 0): FleetDevice[] {
  return Array.from({ length: count }, (_, index) => ({
    productKey: 'a1Xk29TzQ7b',
    deviceName: fleetDeviceName('sim', firstIndex + index),
    deviceSecret: '3f9c0d1e5b7a48269c11d2e4f6a8b0c2',
  }))
}

/** A small thing model: one number and one switch. */
export const smallModel: ThingModel = {
  profile: {},
  properties: [
    { identifier: 'Temperature', name: 'Temperature', accessMode: 'r', required: false, dataType: { type: 'double', min: -40, max: 85, step: 0.1, unit: '°C' } },
    { identifier: 'Switch', name: 'Switch', accessMode: 'rw', required: false, dataType: { type: 'bool', labels: { 0: 'off', 1: 'on' } } },
  ],
  events: [],
  services: [],
}

export interface TestFleet extends SimulatedFleet {
  /** The state of every device. */
  cells: () => CellState[]
  counters: () => ReturnType<SimulatedFleet['status']>['counters']
  errors: () => Record<string, number>
}

/** Inside a test: starts a fleet in this process; its devices disconnect when the test is over. */
export function startFleet(broker: { host: string, port: number }, change: Partial<FleetStart> = {}, clock: Clock = createFastClock(1)): TestFleet {
  const fleet = createFleet({
    kind: 'start',
    broker: { host: broker.host, port: broker.port, tls: null },
    devices: certificates(3),
    model: smallModel,
    behaviours: {},
    conversation: quietConversation,
    updates: quietUpdates,
    config: quietConfigConduct,
    network: null,
    misbehaviour: [],
    report: plainReport,
    life: defaultLife,
    downloadsMax: 10,
    subDevices: null,
    intervalMs: 100,
    qos: 1,
    connectPerSec: 1000,
    handshakesMax: 90,
    spreadSources: false,
    seed: 1,
    durationMs: null,
    subscribe: false,
    version: 'test',
    hashesTrace: false,
    ...change,
  }, { clock, stopwatch: () => performance.now(), memoryBytes: () => 0, dial, openScripts: async () => createScriptRunner({ clock }) })
  onTestFinished(() => fleet.close())
  let bytes: Uint8Array = new Uint8Array(0)
  const status: SimulatedFleet['status'] = () => {
    const latest = fleet.status()
    // Changed cells are handed out once, so what came is kept.
    bytes = latest.cells ?? bytes
    return latest
  }
  return {
    ...fleet,
    status,
    counters: () => status().counters,
    errors: () => status().errors,
    cells() {
      status()
      return [...bytes].map(byte => cellStates[byte]!)
    },
  }
}
