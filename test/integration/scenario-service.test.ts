import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { ScenarioProgress } from '../../src/shared/contract/scenario.ts'
import type { RunSample } from '../../src/shared/scenario/figures.ts'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const small = `# A small one
scenario: A hall   # with its title
seed: 5
duration: 2s
products: { t: { model: thermostat } }
groups:
  hall: { product: t, count: 4, every: 200ms }
timeline:
  - { at: 300ms, weather: hall, share: 50%, profile: lift, for: 500ms }
  - { at: 1s, note: half-time }
expect:
  - refused = 0
  - connected = 4 by 1s
`
const long = small.replace('2s', '1h')

/** Everything that a stream tells, in one. */
function watch(api: ApiClient): { items: ScenarioProgress[], samples: RunSample[], stop: () => void } {
  const leave = new AbortController()
  const seen = { items: [] as ScenarioProgress[], samples: [] as RunSample[], stop: () => leave.abort() }
  void api.subscribe('scenario.watch', {}, (item) => {
    seen.items.push(item)
    seen.samples.push(...item.samples)
  }, { signal: leave.signal }).catch(() => {})
  return seen
}

describe('files of scenarios', () => {
  it('are listed with what they are about, the shipped ones first, and those of the workspace once there are any', async () => {
    const { api, dir } = await startEngine({ mqtt: null })
    const before = await api.call('scenario.list', {})
    expect(before.folder).toBe(path.join(dir, 'scenarios'))
    expect(before.files.every(({ place, problems }) => place === 'shipped' && problems === 0)).toBe(true)
    expect(before.files.find(({ name }) => name === 'cold-chain')).toMatchObject({ title: expect.stringMatching(/./) as string, about: expect.stringMatching(/./) as string, devices: expect.any(Number) as number })
    mkdirSync(before.folder)
    writeFileSync(path.join(before.folder, 'bad.yaml'), 'scenario: [')
    writeFileSync(path.join(before.folder, 'bytes.yaml'), Buffer.from([0xFF, 0xFE, 0xFD]))
    writeFileSync(path.join(before.folder, 'notes.txt'), 'none')
    await api.call('scenario.save', { name: 'hall', text: small, revision: null })
    const own = (await api.call('scenario.list', {})).files.filter(({ place }) => place === 'own')
    expect(own).toMatchObject([
      { name: 'bad', title: '', durationMs: null, devices: null },
      { name: 'bytes', problems: 1 },
      { name: 'hall', title: 'A hall', durationMs: 2_000, devices: 4, problems: 0 },
    ])
    await expect(api.call('scenario.read', { place: 'own', name: 'bytes' })).rejects.toMatchObject({ code: 'file/unreadable' })
  })

  it('keep every byte, comments and line ends too', async () => {
    const { api, dir } = await startEngine({ mqtt: null })
    const text = `\uFEFF${small.replaceAll('\n', '\r\n')}# the end, without a line end`
    const saved = await api.call('scenario.save', { name: 'hall', text, revision: null })
    expect(readFileSync(path.join(dir, 'scenarios', 'hall.yaml'), 'utf8')).toBe(text)
    expect(saved).toEqual(await api.call('scenario.read', { place: 'own', name: 'hall' }))
    const again = await api.call('scenario.save', { name: 'hall', text: `${text}\n`, revision: saved.revision })
    expect(again).toMatchObject({ text: `${text}\n`, path: path.join(dir, 'scenarios', 'hall.yaml') })
    expect(again.revision).not.toBe(saved.revision)
  })

  it('are not written over when somebody else has changed them, and what is there comes with the error', async () => {
    const { api, dir } = await startEngine({ mqtt: null })
    const { revision } = await api.call('scenario.save', { name: 'hall', text: small, revision: null })
    await expect(api.call('scenario.save', { name: 'hall', text: 'mine', revision: null })).rejects.toMatchObject({ code: 'scenario/exists' })
    writeFileSync(path.join(dir, 'scenarios', 'hall.yaml'), 'theirs')
    const error = await api.call('scenario.save', { name: 'hall', text: 'mine', revision }).then(() => undefined, (thrown: { code: string, details: { text: string, revision: string } }) => thrown)
    expect(error).toMatchObject({ code: 'scenario/changed', details: { text: 'theirs' } })
    expect(await api.call('scenario.save', { name: 'hall', text: 'mine', revision: error!.details.revision })).toMatchObject({ text: 'mine' })
    await api.call('scenario.delete', { name: 'hall' })
    await expect(api.call('scenario.save', { name: 'hall', text: 'mine', revision })).rejects.toMatchObject({ code: 'scenario/changed', details: { revision: null } })
    expect(existsSync(path.join(dir, 'scenarios', 'hall.yaml'))).toBe(false)
  })

  it('are copied with the thing models beside them, renamed and deleted, and never take the place of another one', async () => {
    const { api, dir } = await startEngine({ mqtt: null })
    const { text } = await api.call('scenario.copy', { place: 'shipped', name: 'noisy-wifi', newName: 'mine' })
    expect(text).toBe((await api.call('scenario.read', { place: 'shipped', name: 'noisy-wifi' })).text)
    expect(existsSync(path.join(dir, 'scenarios', 'models', 'wifi-plug.tsl.json'))).toBe(true)
    expect((await api.call('scenario.check', { text })).problems).toEqual([])
    await expect(api.call('scenario.copy', { place: 'shipped', name: 'cold-chain', newName: 'mine' })).rejects.toMatchObject({ code: 'scenario/exists' })
    await api.call('scenario.copy', { place: 'own', name: 'mine', newName: 'other' })
    await expect(api.call('scenario.rename', { name: 'mine', newName: 'other' })).rejects.toMatchObject({ code: 'scenario/exists' })
    expect(await api.call('scenario.rename', { name: 'mine', newName: 'Mine' })).toMatchObject({ name: 'Mine', text })
    expect(await api.call('scenario.rename', { name: 'Mine', newName: 'third' })).toMatchObject({ name: 'third', text })
    await api.call('scenario.delete', { name: 'third' })
    expect((await api.call('scenario.list', {})).files.filter(({ place }) => place === 'own').map(({ name }) => name)).toEqual(['other'])
    await expect(api.call('scenario.read', { place: 'own', name: 'third' })).rejects.toMatchObject({ code: 'scenario/not-found' })
    await expect(api.call('scenario.delete', { name: 'third' })).rejects.toMatchObject({ code: 'scenario/not-found' })
  })

  it('have names that are safe', async () => {
    const { api } = await startEngine({ mqtt: null })
    for (const name of ['', '../out', 'a/b', '.hidden', 'nul', 'COM1', 'a b'])
      await expect(api.call('scenario.save', { name, text: small, revision: null })).rejects.toMatchObject({ code: 'input/invalid' })
  })

  it('are checked, with the thing models they name, which do not come from outside of the folder', async () => {
    const { api, dir } = await startEngine({ mqtt: null })
    expect(await api.call('scenario.check', { text: small })).toEqual({ problems: [], outline: { title: 'A hall', seed: 5, durationMs: 2_000, devices: 4, groups: 1, actions: 2, expectations: 2 } })
    const messages = async (from: string, to: string): Promise<string[]> => (await api.call('scenario.check', { text: small.replace(from, to) })).problems.map(({ line, message }) => `${line}: ${message}`)
    expect(await messages('count: 4', 'cout: 4')).toContain('7: unknown key "cout"; did you mean "count"?')
    expect(await messages('model: thermostat', 'model: thermostta')).toEqual([expect.stringContaining('5: there is no sample "thermostta"; there are ')])
    expect(await messages('model: thermostat', 'model: ../../secret.json')).toEqual([expect.stringContaining('outside of the folder of the scenarios')])
    expect(await messages('model: thermostat', 'model: ./gone.json')).toEqual([expect.stringContaining('there is no file ./gone.json in the folder')])
    mkdirSync(path.join(dir, 'scenarios'))
    writeFileSync(path.join(dir, 'scenarios', 'mine.json'), '{"properties":[],"events":[],"services":[],"profile":{}}')
    expect(await messages('model: thermostat', 'model: ./mine.json')).toEqual([])
  })
})

describe('a run in the engine', { timeout: 60_000 }, () => {
  it('is watched from its start to its result, and takes away what it made', async () => {
    const { api } = await startEngine()
    expect(await api.call('scenario.run', {})).toBeNull()
    await api.call('scenario.save', { name: 'hall', text: small, revision: null })
    const seen = watch(api)
    const started = await api.call('scenario.start', { file: { place: 'own', name: 'hall' } })
    expect(started).toMatchObject({
      file: { place: 'own', name: 'hall' },
      title: 'A hall',
      seed: 5,
      state: 'starting',
      plannedMs: 2_000,
      devices: 4,
      plan: [{ atMs: 300, word: 'weather', what: 'hall', isEnd: false }, { atMs: 800, word: 'weather', what: 'hall', isEnd: true }, { atMs: 1_000, word: 'note', what: 'half-time', isEnd: false }],
      timeline: [],
      expectations: [{ atMs: null }, { atMs: null }],
      verdict: null,
    })
    await expect(api.call('scenario.result', { runId: started.runId })).rejects.toMatchObject({ code: 'scenario/run-not-found' })
    await waitFor(() => seen.items.at(-1)?.run?.state === 'over', { what: 'the end of the run', timeoutMs: 40_000 })
    const { run } = seen.items.at(-1)!
    expect(run).toMatchObject({ runId: started.runId, verdict: 'met', problem: null, timeline: [{ word: 'weather', devices: 2 }, { word: 'weather' }, { word: 'note', did: 'half-time' }], expectations: [{ isMet: true }, { isMet: true }] })
    const result = await api.call('scenario.result', { runId: started.runId })
    expect(result).toMatchObject({ verdict: 'met', seed: 5, traceHash: null, timeline: run!.timeline, expectations: run!.expectations })
    expect(seen.samples).toEqual(result.samples)
    expect(await api.call('scenario.run', {})).toEqual(run)
    expect(await api.call('product.list', {})).toEqual([])
    expect(await api.call('fleet.list', {})).toEqual([])
    seen.stop()
  })

  it('is one at a time, can be stopped early, and is judged by what there was', async () => {
    const { api } = await startEngine()
    await expect(api.call('scenario.stop', {})).rejects.toMatchObject({ code: 'scenario/run-not-found' })
    const { runId, seed } = await api.call('scenario.start', { text: long, seed: 77 })
    expect(seed).toBe(77)
    await expect(api.call('scenario.start', { text: small })).rejects.toMatchObject({ code: 'scenario/running' })
    await waitFor(async () => (await api.call('scenario.run', {}))?.state === 'running')
    expect(await api.call('scenario.stop', {})).toMatchObject({ runId, state: 'over', verdict: 'stopped' })
    expect(await api.call('fleet.list', {})).toEqual([])
    await api.call('scenario.start', { text: long, stopAfterMs: 300 })
    await waitFor(async () => (await api.call('scenario.run', {}))?.verdict === 'stopped', { timeoutMs: 30_000 })
  })

  it('does not begin with a text that has problems, and tells why one that began could not go on', async () => {
    const { api } = await startEngine()
    await expect(api.call('scenario.start', { text: small.replace('count: 4', 'count: 0') })).rejects.toMatchObject({ code: 'scenario/invalid', details: { problems: [{ line: 7 }] } })
    await expect(api.call('scenario.start', { file: { place: 'shipped', name: 'gone' } })).rejects.toMatchObject({ code: 'scenario/not-found' })
    await expect(api.call('scenario.start', {})).rejects.toMatchObject({ code: 'input/invalid' })
    const { api: withoutListener } = await startEngine({ mqtt: null })
    await withoutListener.call('scenario.start', { text: small })
    await waitFor(async () => (await withoutListener.call('scenario.run', {}))?.state === 'failed')
    expect(await withoutListener.call('scenario.run', {})).toMatchObject({ problem: expect.stringMatching(/\.$/) as string, verdict: null })
    expect(await withoutListener.call('product.list', {})).toEqual([])
  })

  it('ends with the engine, which leaves nothing of it behind', async () => {
    const { api, close, dir } = await startEngine()
    await api.call('scenario.start', { text: long })
    await waitFor(async () => (await api.call('scenario.run', {}))?.state === 'running')
    await close()
    const again = await startEngine({ workspaceDir: dir })
    expect(await again.api.call('product.list', {})).toEqual([])
    expect(await again.api.call('fleet.list', {})).toEqual([])
  })
})
