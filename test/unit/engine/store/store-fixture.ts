import type { Sample, Statement, Store, StoreNotice, StoreOptions, TraceEntry } from '../../../../src/engine/store/types.ts'
import { Buffer } from 'node:buffer'
import { onTestFinished } from 'vitest'
import { openStore } from '../../../../src/engine/store/store.ts'
import { VirtualClock } from '../../../../src/shared/clock.ts'
import { silentLog } from '../../../../src/shared/log.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

/** The instant at which the virtual clock of these tests begins: 2025-01-01, 00:00 UTC. */
export const startAt = 1_735_689_600_000

export interface TestStore {
  store: Store
  dir: string
  clock: VirtualClock
  notices: StoreNotice[]
  /** What `onPressure` was called with. */
  pressure: boolean[]
  /** Opens the same workspace again, after this store was closed. */
  reopen: (wish?: Wish) => Promise<TestStore>
}

type Wish = Omit<Partial<StoreOptions>, 'clock'> & { clock?: VirtualClock }

/** Inside a test: a real store in a folder of its own, on a clock that stands still; closed when the test is over. */
export async function openTestStore(wish: Wish = {}): Promise<TestStore> {
  const dir = wish.dir ?? tempFolder()
  const clock = wish.clock ?? new VirtualClock(startAt)
  const notices: StoreNotice[] = []
  const pressure: boolean[] = []
  const store = await openStore({
    dir,
    clock,
    log: silentLog,
    migrations: [{ version: 1, name: 'pairs for tests', sql: 'CREATE TABLE pair (name TEXT PRIMARY KEY, value)' }],
    keepTracesDays: 7,
    keepTracesBytesMax: 2 ** 31,
    onNotice: notice => notices.push(notice),
    onPressure: full => pressure.push(full),
    ...wish,
  })
  onTestFinished(() => store.close())
  return {
    store,
    dir,
    clock,
    notices,
    pressure,
    async reopen(again = {}) {
      await store.close()
      return openTestStore({ ...wish, dir, clock, ...again })
    },
  }
}

/** A message of device 1 at the start of the clock, with whatever is given instead. */
export function entry(wish: Omit<Partial<TraceEntry>, 'payload'> & { payload?: string | Uint8Array } = {}): TraceEntry {
  const { payload = '{"Counter":1}', ...rest } = wish
  return {
    at: startAt,
    deviceId: 1,
    deviceKey: null,
    direction: 'up',
    topic: '/sys/a1Test/dev-1/thing/event/property/post',
    qos: 1,
    code: 200,
    detail: null,
    causeId: null,
    samples: null,
    ...rest,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
  }
}

/** A message with one sample of one property. */
export function reading(deviceId: number, at: number, value: number, property = 'Temperature'): TraceEntry {
  const samples: Sample[] = [{ property, at, value }]
  return entry({ deviceId, at, samples, payload: `{"${property}":${value}}` })
}

export const setPair = { name: 'pair.set', sql: 'INSERT INTO pair (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value' }
export const addPair = { name: 'pair.add', sql: 'INSERT INTO pair (name, value) VALUES (?, ?)' }
export const deletePair = { name: 'pair.delete', sql: 'DELETE FROM pair WHERE name = ?' }
export const allPairs: Statement = { name: 'pair.all', sql: 'SELECT name, value FROM pair ORDER BY name' }
