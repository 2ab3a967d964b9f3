import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { jsonLines, thingbench } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'

const text = `scenario: Lamps in virtual time
duration: 5min
products: { lamp: { model: street-lamp } }
groups: { north: { product: lamp, count: 10, every: 5s } }
timeline:
  - { at: 1min, fail: north, share: 30%, for: 1min }
  - { at: 3min, set: north, every: 10s }
expect:
  - connected = 10
  - refused = 0
`

async function run(seed: number, scenario = text): Promise<{ traceHash: string, verdict: string, ranMs: number, notes: string[] }> {
  const file = path.join(tempFolder(), 'lamps.yaml')
  writeFileSync(file, scenario)
  const { stdout } = await thingbench(['run', file, '--seed', String(seed), '--speed', 'max', '--json'])
  return jsonLines(stdout)[0] as unknown as Awaited<ReturnType<typeof run>>
}

it('repeats a run in virtual time exactly: the same seed gives the same hash of what the devices said, another seed another one', { timeout: 90_000 }, async () => {
  const one = await run(7)
  expect(one).toMatchObject({ verdict: 'met', ranMs: 300_000, traceHash: expect.stringMatching(/^[\da-f]{64}$/) })
  expect((await run(7)).traceHash).toBe(one.traceHash)
  expect((await run(8)).traceHash).not.toBe(one.traceHash)
})

it('repeats a week of updates exactly too, with all that its devices download', { timeout: 120_000 }, async () => {
  const week = readFileSync(new URL('../../resources/scenarios/ota-week.yaml', import.meta.url), 'utf8')
  const short = week.replace('count: 150', 'count: 30')
  expect(short).not.toBe(week)
  const one = await run(5, short)
  expect(one).toMatchObject({ notes: [], ranMs: 240_000, traceHash: expect.stringMatching(/^[\da-f]{64}$/) })
  expect((await run(5, short)).traceHash).toBe(one.traceHash)
})

it('refuses virtual time in a workspace that is somebody else\'s, and a speed that is none', { timeout: 30_000 }, async () => {
  expect(await thingbench(['run', 'cold-chain', '--speed', 'max', '--workspace', tempFolder()])).toMatchObject({ code: 2, stderr: expect.stringContaining('--speed needs an engine of its own') })
  expect(await thingbench(['run', 'cold-chain', '--speed', 'fast'])).toMatchObject({ code: 2, stderr: expect.stringContaining('max, or a number') })
})
