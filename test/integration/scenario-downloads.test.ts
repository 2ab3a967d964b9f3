import type { ScenarioResult } from '../../src/shared/scenario/figures.ts'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { runScenario } from '../../src/engine/scenario/run-scenario.ts'
import { VirtualTime } from '../../src/host/virtual-time.ts'
import { methodTable } from '../../src/shared/contract/contract.ts'
import { checkInput } from '../../src/shared/rpc/check-input.ts'
import { readScenario } from '../../src/shared/scenario/read-scenario.ts'
import { withDownloads } from '../support/ota-bench.ts'
import { startEngine } from '../support/test-engine.ts'

const thermostat = readFileSync(new URL('../../resources/products/thermostat.tsl.json', import.meta.url), 'utf8')

const updates = `
scenario: Updates in virtual time
duration: 80s
products: { t: { model: thermostat } }
groups:
  web:
    product: t
    count: 20
    every: 5s
    updates: { version: 1.0.0, bytesPerSec: 20000, downloadsMax: 6, flashMs: 700, restartMs: 900, endings: [{ ending: succeeds, share: 50 }, { ending: resumes, share: 50 }] }
  blocks:
    product: t
    count: 12
    every: 5s
    updates: { version: 1.0.0, flashMs: 700, restartMs: 900 }
expect:
  - all on 1.1.0
timeline:
  - { at: 3s, update: web, version: 1.1.0, size: 90kB }
  - { at: 4s, update: blocks, version: 1.1.0, size: 90kB, policy: { protocol: MQTT } }
  - { at: 6s, pushConfig: t, config: { level: 1 } }
`
const faults = `
  - { at: 5s, fault: { kind: slowDownload, bytesPerSec: 9000 }, group: web, share: 50%, for: 12s }
  - { at: 8s, fault: { kind: stallDownload, percent: 40 }, product: t, for: 10s }
`

/** Runs a scenario in virtual time, in an engine of its own. */
async function run(text: string, seed = 5): Promise<ScenarioResult> {
  const { scenario, problems } = readScenario(text)
  expect(problems).toEqual([])
  const time = new VirtualTime({ startAt: Date.UTC(2026, 0, 1), speed: null, stopwatch: () => performance.now() })
  const goOn = time.hold()
  const { engine, close } = await startEngine({ ...withDownloads, hasVirtualTime: true }, time)
  const running = time.run(() => engine.comeToRest())
  const { signal } = new AbortController()
  try {
    return await runScenario(scenario!, {
      call: async (name, input) => await engine.api.methods[name](checkInput(methodTable[name]!.input, input, name) as never, { signal }) as never,
      clock: time,
      hold: async (work) => {
        const release = time.hold()
        goOn()
        try {
          return await work()
        }
        finally {
          release()
        }
      },
      seed,
      models: { t: thermostat },
      signal,
      keep: false,
    })
  }
  finally {
    await close()
    time.stop()
    await running
  }
}

it('repeats exactly with files that come over HTTP and in blocks, and with devices that go on after a cut', { timeout: 120_000 }, async () => {
  const [one, again, third, other] = [await run(updates), await run(updates), await run(updates), await run(updates, 6)]
  expect(one).toMatchObject({ verdict: 'met', notes: [], traceHash: expect.stringMatching(/^[\da-f]{64}$/) as string })
  expect([again.traceHash, third.traceHash]).toEqual([one.traceHash, one.traceHash])
  expect(other.traceHash).not.toBe(one.traceHash)
})

it('repeats exactly while the platform sends files slowly and lets them stand still', { timeout: 120_000 }, async () => {
  const [one, again, third] = [await run(updates + faults), await run(updates + faults), await run(updates + faults)]
  expect(one.timeline.map(({ problem }) => problem)).toEqual(one.timeline.map(() => null))
  expect([again.traceHash, third.traceHash]).toEqual([one.traceHash, one.traceHash])
})
