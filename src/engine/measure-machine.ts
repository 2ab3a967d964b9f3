import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { FleetStats } from '../shared/contract/fleet.ts'
import type { MachineSpeed } from '../shared/contract/preflight.ts'
import type { JsonObject } from '../shared/json.ts'
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { silentLog } from '../shared/log.ts'
import { compileThingModel } from '../shared/thing-model/compile.ts'
import { parseThingModel } from '../shared/thing-model/parse.ts'
import { validateReport } from '../shared/thing-model/validate.ts'
import { openStore } from './store/store.ts'

/** Opens an engine of its own on a folder that is thrown away, with a free port for devices. */
export type OpenThrowAway = (workspaceDir: string) => Promise<{ api: EngineApi, close: () => Promise<void> }>

export interface MeasureContext {
  clock: Clock
  /** Its disk is the one that is measured. */
  workspaceDir: string
  openThrowAway: OpenThrowAway
}

const checkMs = 400
const commitMs = 400
const warmUpMs = 400
const postMs = 1_200
/** Whoever else lives in this thread gets a turn after so long. */
const sliceMs = 20
const devices = 200
/** Much more than any machine takes: the devices wait for room. */
const floodIntervalSec = 0.01
const connectMsMax = 3_000

/** Measures the machine in about four seconds, with everything real but the folder, which is thrown away. Rejects with what opening an engine rejects with. */
export async function measureMachine({ clock, workspaceDir, openThrowAway }: MeasureContext): Promise<MachineSpeed> {
  const dir = path.join(workspaceDir, 'speed-measure')
  const discard = (): Promise<void> => rm(dir, { recursive: true, force: true })
  await discard()
  await mkdir(dir, { recursive: true })
  try {
    const checksPerSec = await measureChecks(clock)
    const commitsPerSec = await measureCommits(clock, path.join(dir, 'commits'))
    const postsPerSec = await measurePosts(clock, await openThrowAway(path.join(dir, 'platform')))
    return { at: clock.now(), cores: availableParallelism(), checksPerSec, commitsPerSec, postsPerSec }
  }
  finally {
    await discard()
  }
}

async function measureChecks(clock: Clock): Promise<number> {
  const names = Array.from({ length: 10 }, (_, index) => `Value${index}`)
  const parsed = parseThingModel({ profile: { productKey: 'a1Measure' }, properties: names.map(identifier => ({ identifier, name: identifier, accessMode: 'rw', required: false, dataType: { type: 'double', specs: { min: '0', max: '1000', step: '0.1' } } })), events: [], services: [] })
  if (!parsed.model)
    return 0
  const model = compileThingModel(parsed.model)
  const text = JSON.stringify({ id: '1', version: '1.0', method: 'thing.event.property.post', params: Object.fromEntries(names.map((name, index) => [name, { value: index * 7.1, time: 1_700_000_000_000 }])) })
  const startedAt = clock.now()
  let checked = 0
  while (clock.now() - startedAt < checkMs) {
    const sliceEndsAt = clock.now() + sliceMs
    while (clock.now() < sliceEndsAt) {
      validateReport(model, (JSON.parse(text) as { params: JsonObject }).params, startedAt)
      checked++
    }
    await pause(clock, 0)
  }
  return perSec(checked, clock.now() - startedAt)
}

async function measureCommits(clock: Clock, dir: string): Promise<number> {
  await mkdir(dir)
  const store = await openStore({
    dir,
    clock,
    log: silentLog,
    migrations: [{ version: 1, name: 'measured rows', sql: 'CREATE TABLE measured (at REAL NOT NULL) STRICT' }],
    keepTracesDays: 1,
    keepTracesBytesMax: 1024 ** 3,
    onNotice: () => {},
    onPressure: () => {},
  })
  try {
    const statement = { name: 'measured.add', sql: 'INSERT INTO measured (at) VALUES (?)' }
    const startedAt = clock.now()
    let commits = 0
    while (clock.now() - startedAt < commitMs) {
      await store.write([{ statement, params: [clock.now()] }])
      commits++
    }
    return perSec(commits, clock.now() - startedAt)
  }
  finally {
    await store.close()
  }
}

async function measurePosts(clock: Clock, { api: { methods }, close }: Awaited<ReturnType<OpenThrowAway>>): Promise<number> {
  const context = { signal: new AbortController().signal }
  try {
    const { fleetId } = await methods['app.addSample']({ count: devices }, context)
    const look = async (): Promise<FleetStats> => (await methods['fleet.get']({ fleetId }, context)).stats
    const deadline = clock.now() + connectMsMax
    while ((await look()).connected < devices && clock.now() < deadline)
      await pause(clock, 20)
    await methods['fleet.update']({ fleetId, change: { intervalSec: floodIntervalSec } }, context)
    await pause(clock, warmUpMs)
    // Figures come a few times a second: the time between two arrivals of them is what the difference belongs to.
    const from = await nextFigures(clock, look)
    await pause(clock, postMs)
    const to = await nextFigures(clock, look)
    return perSec(to.replied - from.replied, to.at - from.at)
  }
  finally {
    await close()
  }
}

/** Waits for figures that differ from those of now; gives up after a second. */
async function nextFigures(clock: Clock, look: () => Promise<FleetStats>): Promise<{ replied: number, at: number }> {
  const before = (await look()).replied
  const deadline = clock.now() + 1_000
  for (;;) {
    const { replied } = await look()
    const at = clock.now()
    if (replied !== before || at >= deadline)
      return { replied, at }
    await pause(clock, 5)
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise(resolve => void clock.setAlarm(ms, resolve))
}

function perSec(count: number, ms: number): number {
  return ms > 0 ? Math.round(count * 1_000 / ms) : 0
}
