/**
 * The thing model: how many property reports a second one core checks, bare and on the whole way from bytes to reply.
 * `node test/bench/thing-model.ts` prints the figures.
 */
import type { JsonObject } from '../../src/shared/json.ts'
import type { Bench, BenchRow } from './report.ts'
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { handlePropertyPost } from '../../src/engine/platform/thing/handle.ts'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { compileThingModel } from '../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../src/shared/thing-model/parse.ts'
import { validateReport } from '../../src/shared/thing-model/validate.ts'
import { describeMachine, formatTable } from './report.ts'

const receivedAt = 1_735_689_600_000
const good: JsonObject = { temperature: 21.5, targetTemperature: 22, humidity: 45, mode: 1, heating: 0, signal: -61 }
const bad: JsonObject = { ...good, temperature: 140, heating: true, temprature: 20 }

/** Calls a second, from one run long enough to be compiled. */
function callsPerSec(calls: number, call: () => void): number {
  for (let index = 0; index < calls / 10; index++)
    call()
  const startedAt = performance.now()
  for (let index = 0; index < calls; index++)
    call()
  return calls / (performance.now() - startedAt) * 1000
}

/** Checks of the sample thermostat's six properties, without and with everything around them. */
export const benchThingModel: Bench = async ({ long, repeat }) => {
  const { model: thermostat } = parseThingModel(readFileSync(new URL('../../resources/products/thermostat.tsl.json', import.meta.url), 'utf8'))
  const model = compileThingModel(thermostat!)
  const calls = long ? 2_000_000 : 300_000
  const handle = (properties: JsonObject): () => void => {
    const { topic, payload } = buildPropertyPost({ productKey: 'a1TbThermo1', deviceName: 'thermostat-0001', id: '101', properties })
    const post = { model, level: 'weak', applyLimits: false, topic, payload: Buffer.from(payload), receivedAt } as const
    return () => handlePropertyPost(post)
  }
  const measure = (what: string, call: () => void, atLeast?: number): BenchRow => ({
    what,
    who: 'thingbench',
    unit: 'calls/s',
    samples: Array.from({ length: repeat }, () => callsPerSec(calls, call)),
    ...(atLeast !== undefined && { atLeast }),
  })
  return [
    measure('reports of 6 properties checked', () => validateReport(model, good, receivedAt), 1_000_000),
    measure('property posts from bytes to reply', handle(good)),
    measure('property posts with 3 of 7 properties bad', handle(bad)),
  ]
}

if (import.meta.main) {
  const rows = await benchThingModel({ long: process.argv.includes('--long'), repeat: 5, say: () => {} })
  console.log(`${JSON.stringify(describeMachine())}\n${formatTable(rows)}`)
}
