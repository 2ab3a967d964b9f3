import type { LatestValue } from '../../../shared/contract/device.ts'
import type { AcceptedValue } from '../../../shared/thing-model/validate.ts'
import type { Store } from '../../store/types.ts'
import { mergeLatest, readLatest, replaceLatest } from './rows.ts'

export interface LatestValues {
  /**
   * Takes the accepted values of one report and queues their storing with the rows queued so far. A value that is older
   * than the one known is left out; the others are returned.
   */
  update: (deviceId: number, accepted: readonly AcceptedValue[]) => Record<string, LatestValue>
  /** The latest values of a device, as a copy. Rejects with AppError when they have to be read first and cannot be. */
  of: (deviceId: number) => Promise<Record<string, LatestValue>>
  /** Lets go of a deleted device. */
  forget: (deviceId: number) => void
}

interface Entry {
  /** The key of its queued statement. */
  readonly key: string
  /** All values once `isLoaded`; until then those that came in this run. */
  values: Record<string, LatestValue>
  isLoaded: boolean
  waiting: { resolve: () => void, reject: (error: unknown) => void }[]
  /** Grows with every update. */
  version: number
}

/** Devices read with one statement. */
const devicesPerRead = 500
/** Devices kept in memory by default. */
const devicesMaxDefault = 100_000

/**
 * The latest values of the devices that have been heard or asked about. A device's stored values are read when it is first
 * heard, many devices at a time; until they are here its reports are merged into them by the store, so that nothing waits
 * and nothing is lost. Beyond `devicesMax` devices in memory one of them goes, and is read again when needed.
 */
export function createLatestValues(store: Pick<Store, 'read' | 'upsert' | 'flush'>, { devicesMax = devicesMaxDefault } = {}): LatestValues {
  /** In the order in which they come up for being dropped. */
  const entries = new Map<number, Entry>()
  const wanted = new Set<number>()
  let isReading = false

  function entryOf(deviceId: number): Entry {
    const known = entries.get(deviceId)
    if (known !== undefined)
      return known
    const entry: Entry = { key: `latest ${deviceId}`, values: {}, isLoaded: false, waiting: [], version: 0 }
    entries.set(deviceId, entry)
    if (entries.size > devicesMax)
      dropSilent()
    return entry
  }

  /** Only what is safely stored may be dropped: otherwise reading it again would bring back older values. */
  function dropSilent(): void {
    const oldest = entries.entries().next().value
    if (oldest === undefined)
      return
    const [deviceId, entry] = oldest
    const { version } = entry
    entries.delete(deviceId)
    entries.set(deviceId, entry)
    store.flush().then(() => {
      if (entry.version === version && entry.isLoaded && entries.get(deviceId) === entry)
        entries.delete(deviceId)
    }, () => {})
  }

  function want(deviceId: number): void {
    wanted.add(deviceId)
    if (!isReading)
      void readWanted()
  }

  async function readWanted(): Promise<void> {
    isReading = true
    while (wanted.size > 0) {
      const deviceIds = Array.from(wanted).slice(0, devicesPerRead)
      try {
        const rows = await store.read(readLatest, [JSON.stringify(deviceIds)])
        const stored = new Map(rows.map(row => [row.deviceId, row.properties]))
        for (const deviceId of deviceIds)
          complete(deviceId, stored.get(deviceId) ?? {})
      }
      catch (error) {
        // The reports go on being merged by the store; whoever asks for the values learns why they are not here.
        for (const deviceId of deviceIds)
          fail(deviceId, error)
      }
    }
    isReading = false
  }

  function complete(deviceId: number, stored: Record<string, LatestValue>): void {
    wanted.delete(deviceId)
    const entry = entries.get(deviceId)
    if (entry === undefined || entry.isLoaded)
      return
    const fresh = entry.values
    entry.values = stored
    entry.isLoaded = true
    for (const [identifier, latest] of Object.entries(fresh))
      takeNewer(entry.values, identifier, latest)
    for (const { resolve } of entry.waiting.splice(0))
      resolve()
  }

  function fail(deviceId: number, error: unknown): void {
    wanted.delete(deviceId)
    for (const { reject } of entries.get(deviceId)?.waiting.splice(0) ?? [])
      reject(error)
  }

  return {
    update(deviceId, accepted) {
      const entry = entryOf(deviceId)
      const changed: Record<string, LatestValue> = {}
      let hasChanged = false
      for (const { identifier, value, at } of accepted) {
        const latest = { value, time: at }
        if (takeNewer(entry.values, identifier, latest)) {
          changed[identifier] = latest
          hasChanged = true
        }
      }
      if (!hasChanged)
        return changed
      if (entry.version++ === 0 && !entry.isLoaded)
        want(deviceId)
      const statement = entry.isLoaded ? replaceLatest : mergeLatest
      store.upsert(entry.key, { statement, params: [deviceId, JSON.stringify(entry.values)] })
      return changed
    },
    async of(deviceId) {
      const entry = entryOf(deviceId)
      if (!entry.isLoaded) {
        await new Promise<void>((resolve, reject) => {
          entry.waiting.push({ resolve, reject })
          want(deviceId)
        })
      }
      return { ...entry.values }
    },
    forget(deviceId) {
      const entry = entries.get(deviceId)
      entries.delete(deviceId)
      for (const { resolve } of entry?.waiting.splice(0) ?? [])
        resolve()
    },
  }
}

/** Of two values of a property the later one counts; at the same instant the one that came last. */
function takeNewer(values: Record<string, LatestValue>, identifier: string, latest: LatestValue): boolean {
  const known = values[identifier]
  if (known !== undefined && known.time > latest.time)
    return false
  values[identifier] = latest
  return true
}
