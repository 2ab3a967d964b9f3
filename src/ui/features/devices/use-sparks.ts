import type { Ref } from 'vue'
import type { DeviceIdentity, DeviceLive } from '../../../shared/contract/device.ts'
import { useIntervalFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import { useApi } from '../../session/connection.ts'
import { useTimeRange } from '../../session/time-range.store.ts'
import { sparkColumns, SparkSeries } from './spark-series.ts'
import { pathOf } from './value-rows.ts'

export interface Sparks {
  /** Of a property or a member; made when it is first asked for. */
  of: (identifier: string) => SparkSeries
  /** Counts the changes, at most once a second, for what draws them. */
  version: Ref<number>
  add: (points: NonNullable<DeviceLive['points']>) => void
}

/** What is asked for at a time, so that a model with hundreds of numbers does not hold up the plots. */
const parallelMax = 4

/** The little curves beside the values of a device, over the common time range. */
export function useSparks(identity: () => DeviceIdentity): Sparks {
  const api = useApi()
  const time = useTimeRange()
  const version = ref(0)
  let series = new Map<string, SparkSeries>()
  let waiting: string[] = []
  let running = 0
  let changed = false

  async function load(identifier: string, into: SparkSeries): Promise<void> {
    const { property, members } = pathOf(identifier)
    const ask = { ...identity(), property, ...time.bounds(), buckets: sparkColumns }
    try {
      const { at, last } = await (members.length > 0 ? api.call('device.memberHistory', { ...ask, members }) : api.call('device.history', ask))
      into.load(at, last)
      changed = true
    }
    catch {
      // The curve then begins with what comes live.
    }
  }
  async function work(): Promise<void> {
    running++
    for (let identifier = waiting.shift(); identifier !== undefined; identifier = waiting.shift()) {
      const into = series.get(identifier)
      if (into && !into.isLoaded)
        await load(identifier, into)
    }
    running--
  }
  function of(identifier: string): SparkSeries {
    let found = series.get(identifier)
    if (!found) {
      const { fromAt, toAt } = time.bounds()
      series.set(identifier, found = new SparkSeries(toAt - fromAt))
      waiting.push(identifier)
      if (running < parallelMax)
        void work()
    }
    return found
  }
  watch([() => JSON.stringify(identity()), () => JSON.stringify(time.range)], () => {
    series = new Map()
    waiting = []
    version.value++
  })
  useIntervalFn(() => {
    if (changed || time.live)
      version.value++
    changed = false
  }, 1_000)
  return {
    of,
    version,
    add(points) {
      for (const [identifier, { at, value }] of Object.entries(points))
        series.get(identifier)?.add(at, value)
      changed = true
    },
  }
}
