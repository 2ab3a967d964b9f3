import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { DeviceConnection, DeviceLive, DeviceState, DeviceVersion, LatestValue } from '../shared/contract/device.ts'
import type { JsonValue } from '../shared/json.ts'
import type { Sample } from './store/types.ts'
import { pump } from '../shared/feed.ts'
import { isJsonObject } from '../shared/json.ts'
import { limits } from '../shared/limits.ts'

/** More points than this between two items of one property are left out, oldest first, and counted; the store has them all. */
const pointsPerItemMax = 2_000

interface Gathered {
  state?: { state: DeviceState, connection: DeviceConnection | null }
  properties: Record<string, LatestValue>
  versions: Map<string, DeviceVersion>
  attempted: boolean
  points: Map<string, { at: number[], value: number[] }>
}

/** What a watched device did since the last item, for each page that watches it. */
export class LiveDevices {
  readonly #clock: Clock
  readonly #onDropped: (points: number) => void
  readonly #watchers = new Map<number, Set<Gathered>>()

  constructor(clock: Clock, onDropped: (points: number) => void) {
    this.#clock = clock
    this.#onDropped = onDropped
  }

  /** False while nobody watches the device, so that the message path can skip the work. */
  isWatched(deviceId: number): boolean {
    return this.#watchers.has(deviceId)
  }

  changedState(deviceId: number, state: DeviceState, connection: DeviceConnection | null): void {
    for (const gathered of this.#watchers.get(deviceId) ?? [])
      gathered.state = { state, connection }
  }

  reportedVersion(deviceId: number, version: DeviceVersion): void {
    for (const gathered of this.#watchers.get(deviceId) ?? [])
      gathered.versions.set(version.module.toLowerCase(), version)
  }

  /** What is known of the device's attempts to connect has changed. */
  attempted(deviceId: number): void {
    for (const gathered of this.#watchers.get(deviceId) ?? [])
      gathered.attempted = true
  }

  reported(deviceId: number, values: Record<string, LatestValue>, samples: readonly Sample[]): void {
    for (const gathered of this.#watchers.get(deviceId) ?? []) {
      Object.assign(gathered.properties, values)
      for (const { property, at, value } of samples)
        this.#addPoint(gathered, property, at, value)
      for (const [property, { value, time }] of Object.entries(values))
        this.#addMembers(gathered, property, value, time)
    }
  }

  /** Numbers inside structs are no samples of the store, but can be plotted too. */
  #addMembers(gathered: Gathered, path: string, value: JsonValue, at: number): void {
    if (!isJsonObject(value))
      return
    for (const [member, inner] of Object.entries(value)) {
      if (typeof inner === 'number')
        this.#addPoint(gathered, `${path}.${member}`, at, inner)
      else
        this.#addMembers(gathered, `${path}.${member}`, inner, at)
    }
  }

  #addPoint(gathered: Gathered, property: string, at: number, value: number): void {
    let points = gathered.points.get(property)
    if (!points)
      gathered.points.set(property, points = { at: [], value: [] })
    points.at.push(at)
    points.value.push(value)
    if (points.at.length > pointsPerItemMax) {
      const dropped = points.at.length - pointsPerItemMax / 2
      points.at.splice(0, dropped)
      points.value.splice(0, dropped)
      this.#onDropped(dropped)
    }
  }

  /** Streams one device to one subscriber, its present state first. */
  watch(deviceId: number, present: DeviceLive, subscriber: Parameters<EngineApi['streams']['device.watch']>[1]): Promise<void> {
    const gathered: Gathered = {
      properties: {},
      versions: new Map(),
      attempted: false,
      points: new Map(),
    }
    const watchers = this.#watchers.get(deviceId) ?? new Set()
    this.#watchers.set(deviceId, watchers.add(gathered))
    subscriber.signal.addEventListener('abort', () => {
      watchers.delete(gathered)
      if (watchers.size === 0)
        this.#watchers.delete(deviceId)
    })
    let first: DeviceLive | undefined = present
    const take = (): DeviceLive | undefined => {
      const item = first ?? takeGathered(gathered)
      first = undefined
      return item
    }
    return pump(this.#clock, subscriber, { take }, 1000 / limits.feedBatchesPerSec)
  }
}

function takeGathered(gathered: Gathered): DeviceLive | undefined {
  const item: DeviceLive = { ...gathered.state }
  if (Object.keys(gathered.properties).length > 0)
    item.properties = gathered.properties
  if (gathered.versions.size > 0)
    item.versions = [...gathered.versions.values()]
  if (gathered.attempted)
    item.attempted = true
  if (gathered.points.size > 0) {
    item.points = Object.fromEntries([...gathered.points].map(([property, { at, value }]) =>
      [
        property,
        {
          at: Float64Array.from(at),
          value: Float64Array.from(value),
        },
      ]))
  }
  delete gathered.state
  gathered.properties = {}
  gathered.versions = new Map()
  gathered.attempted = false
  gathered.points = new Map()
  return Object.keys(item).length > 0
    ? item
    : undefined
}
