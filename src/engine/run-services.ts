import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { Announcer } from '../shared/feed.ts'
import type { Log } from '../shared/log.ts'
import type { ScenarioResult } from '../shared/scenario/figures.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { StatusWatch } from './status-watch.ts'
import type { Store, TraceEntry } from './store/types.ts'
import { randomUUID } from 'node:crypto'
import { summaryOf } from './fleet/fleet-figures.ts'
import { runMethodHandlers } from './runs/methods.ts'
import { RunKeeper } from './runs/run-keeper.ts'

export interface RunServicesContext {
  clock: Clock
  log: Log
  store: Store
  fleets: Fleets
  devices: Pick<DeviceRegistry, 'byId'>
  /** Announced once a second. */
  status: Pick<StatusWatch, 'current' | 'announcer'>
  /** Every message whose check did not end with 200. */
  refusals: Announcer<TraceEntry>
  hasVirtualTime: boolean
  /** Closed before the fleets are stopped, so that their runs end with the engine and not by somebody's wish. */
  stack: AsyncDisposableStack
}

export interface RunServices {
  methods: Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `run.${string}`>>
  /** Keeps what came of a scenario as a run, with what was seen of its fleets; resolves with the id of the run. */
  keepScenarioResult: (result: ScenarioResult, fleetIds?: readonly string[]) => Promise<string>
}

/** Opens the runs of a workspace and watches those of its fleets from now on. */
export async function openRunServices({ clock, log, store, fleets, devices, status, refusals, hasVirtualTime, stack }: RunServicesContext): Promise<RunServices> {
  const keeper = await RunKeeper.open({
    clock,
    log: log.child({ part: 'runs' }),
    store,
    status: status.current,
    fleet: fleetId => fleets.get(fleetId),
    summary: fleetId => summaryOf(fleets.figures([fleetId])),
    stop: fleetId => fleets.stop(fleetId, true),
    makeId: randomUUID,
    hasVirtualTime,
  })
  const end = new AbortController()
  const watched = new Map<string, AbortController>()
  fleets.runs.listen(end.signal, ({ fleetId, isRunning }) => {
    watched.get(fleetId)?.abort()
    if (!isRunning)
      return keeper.end(fleetId, fleets.get(fleetId).problem)
    keeper.begin(fleetId)
    const watching = new AbortController()
    watched.set(fleetId, watching)
    fleets.watch(fleetId, watching.signal, () => keeper.look(fleetId))
  })
  status.announcer.listen(end.signal, seen => keeper.see(seen))
  refusals.listen(end.signal, ({ deviceId, direction, topic, deviceKey, code }) => {
    // That a device has left has a code, too, and is no refusal.
    if (!keeper.isWatching || direction === 'down' || code === null || (direction === 'record' && topic === 'offline'))
      return
    const [productKey = '', deviceName = ''] = deviceKey?.split('/') ?? []
    const device = devices.byId(deviceId) ?? { productKey, deviceName }
    keeper.countRefused(device.productKey, device.deviceName, code)
  })
  stack.defer(async () => {
    end.abort()
    await keeper.close()
  })
  return { methods: runMethodHandlers(keeper), keepScenarioResult: (result, fleetIds = []) => keeper.keepScenario(result, fleetIds) }
}
