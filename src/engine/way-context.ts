import type { Clock } from '../shared/clock.ts'
import type { Fleets } from './fleet/fleets.ts'
import type { EndAnswer } from './fleet/types.ts'
import type { JourneyTimes } from './journey-times.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { WayContext } from './platform/trace/way.ts'

export interface WayParts {
  clock: Clock
  times: Pick<JourneyTimes, 'of'>
  fleets: Pick<Fleets, 'ends'>
  devices: Pick<DeviceRegistry, 'byId'>
}

/** A fleet process that is too busy to say what its devices know must not keep a message from being shown. */
const endsMsMax = 500

/** Joins what knows the times of messages: the stopwatch of this engine and the simulated devices. */
export function wayContext({ clock, times, fleets, devices }: WayParts): WayContext {
  return {
    timesOf: rowId => times.of(rowId),
    isSimulated: deviceId => devices.byId(deviceId)?.simulated ?? false,
    now: () => clock.now(),
    ends: (asks) => {
      const { promise, resolve } = Promise.withResolvers<(EndAnswer | null)[]>()
      const alarm = clock.setAlarm(endsMsMax, () => resolve([]))
      void fleets.ends(asks).then((ends) => {
        alarm.cancel()
        resolve(ends)
      })
      return promise
    },
  }
}
