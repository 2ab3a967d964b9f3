import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import type { UpdateConduct } from '../../src/shared/contract/fleet-updates.ts'
import type { GymRow, GymSummary } from '../../src/shared/contract/ota-gym.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { updateEndings } from '../../src/shared/contract/fleet-updates.ts'
import { imageOf, uploadFile, withDownloads } from '../support/ota-bench.ts'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const everyEnding: UpdateConduct['endings'] = updateEndings.map(ending => ({ ending, share: 1 }))
const quick: Partial<UpdateConduct> = { flashMs: 50, restartMs: 50 }

interface Gym extends TestEngine {
  fleetId: string
  packageId: string
  start: (wish: Partial<MethodInput<'otaGym.start'>>) => Promise<string>
}

/** An engine from which devices download, a fleet that says nothing but what concerns updates, and a package for it. */
async function openGym(count: number): Promise<Gym> {
  const started = await startEngine(withDownloads)
  const { api } = started
  await api.call('settings.set', { name: 'limits.applyCloud', value: false })
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  const { fleetId } = await api.call('fleet.create', { productKey, count, intervalSec: 3_600, seed: 7, conversation: quietConversation, updates: quick })
  const { packageId } = await makePackage(api, '2.0.0')
  return { ...started, fleetId, packageId, start: async wish => (await api.call('otaGym.start', { fleetId, packageId, ...wish })).batchId }
}

async function makePackage(api: ApiClient, version: string): Promise<{ packageId: string }> {
  return api.call('otaPackage.create', { productKey, name: `p${version.replaceAll('.', '_')}`, version, verify: false, uploadIds: [await uploadFile(api, 'app.bin', imageOf(50_000))] })
}

async function rowsOf(api: ApiClient, batchId: string): Promise<GymRow[]> {
  return (await api.call('otaGym.table', { batchId, limit: 1_000 })).rows
}

/** Waits until every row has a verdict other than `open`. */
async function settled(api: ApiClient, batchId: string): Promise<GymRow[]> {
  let rows: GymRow[] = []
  await waitFor(async () => {
    rows = await rowsOf(api, batchId)
    return rows.every(({ verdict }) => verdict !== 'open')
  }, { timeoutMs: 60_000, what: 'a verdict on every row' }).catch((error) => {
    expect(rows.filter(({ verdict }) => verdict === 'open').map(({ ending, state, account }) => ({ ending, state, stage: account?.stage, steps: account?.steps.map(({ what }) => what) }))).toEqual([])
    throw error
  })
  return rows
}

const odd = (rows: GymRow[]): unknown[] => rows.filter(({ verdict }) => verdict !== 'expected').map(({ ending, state, cause, retries, remark, account }) => ({ ending, state, cause, retries, remark, steps: account?.steps.map(({ what }) => what) }))

describe('a run of the failure gym', () => {
  it('takes every ending to where the rulebook says, without retries and timeout', { timeout: 90_000 }, async () => {
    const { api, start } = await openGym(60)
    const batchId = await start({ conduct: { endings: everyEnding } })
    const rows = await settled(api, batchId)
    expect(new Set(rows.map(({ ending }) => ending))).toEqual(new Set(updateEndings))
    expect(odd(rows)).toEqual([])
    // Each row holds both sides: what the device did, and what was made of it.
    const failed = rows.find(({ ending }) => ending === 'downloadFails')!
    expect(failed).toMatchObject({ state: 'FAILED', cause: 'progress', rule: 'stepFails', remark: expect.stringContaining('-2') })
    expect(failed.account!.steps.at(-1)!.what).toBe('report -2')
    const { summary, rows: some, total } = await api.call('otaGym.table', { batchId, ending: 'downloadFails', state: 'FAILED', only: 'expected', limit: 1 })
    expect(some).toHaveLength(1)
    expect(summary.verdicts).toEqual({ expected: 60, open: 0, different: 0 })
    expect(summary.cells.find(({ ending, state }) => ending === 'downloadFails' && state === 'FAILED')!.count).toBe(total)
    expect(summary.run).toMatchObject({ seed: 7, percent: 40, endings: everyEnding })
    expect((await api.call('otaGym.table', { batchId, deviceName: '0007' })).rows.map(({ deviceName }) => deviceName)).toEqual(['sim-0007'])
  })

  it('takes every ending to where the rulebook says, with retries and a timeout', { timeout: 90_000 }, async () => {
    const { api, start } = await openGym(60)
    const batchId = await start({ conduct: { endings: everyEnding }, retryMinutes: 0.01, retriesMax: 2, timeoutMinutes: 0.15 })
    const rows = await settled(api, batchId)
    expect(odd(rows)).toEqual([])
    expect(rows.filter(({ ending }) => ending === 'flashFails').every(({ retries, rule }) => retries === 2 && rule === 'stepRetried')).toBe(true)
    expect(rows.find(({ ending }) => ending === 'stalls')).toMatchObject({ state: 'FAILED', cause: 'timeout', rule: 'timeout' })
  })

  it('is shown live, and begins anew with the same fleet and the same endings', { timeout: 60_000 }, async () => {
    const { api, start } = await openGym(5)
    const batchId = await start({})
    const seen: GymSummary[] = []
    const watching = new AbortController()
    const watch = api.subscribe('otaGym.watch', { batchId }, (item) => { seen.push(item) }, { signal: watching.signal })
    await waitFor(() => seen.at(-1)?.verdicts.expected === 5, { timeoutMs: 20_000 })
    watching.abort()
    await watch
    // All of them have the new version by now; a second run has them start with the old one.
    const again = await start({ conduct: { endings: [{ ending: 'noRoom', share: 1 }] } })
    expect((await settled(api, again)).map(({ ending, state }) => `${ending} ${state}`)).toEqual(Array.from({ length: 5 }).fill('noRoom FAILED'))
    expect((await api.call('otaGym.runs', {})).map(run => run.batchId)).toEqual([again, batchId])
  })

  it('knows after a restart of the engine which ending each device was given', { timeout: 60_000 }, async () => {
    const { api, start, dir, close } = await openGym(20)
    const batchId = await start({ conduct: { endings: [{ ending: 'noRoom', share: 1 }, { ending: 'succeeds', share: 1 }] } })
    const before = (await settled(api, batchId)).map(({ deviceName, ending, state }) => `${deviceName} ${ending} ${state}`)
    expect(new Set(before.map(text => text.split(' ')[1]))).toEqual(new Set(['noRoom', 'succeeds']))
    await close()
    const { api: later } = await startEngine({ ...withDownloads, workspaceDir: dir, resumeFleets: false })
    const after = await rowsOf(later, batchId)
    expect(after.map(({ deviceName, ending, state }) => `${deviceName} ${ending} ${state}`)).toEqual(before)
    expect(after.every(({ verdict, account }) => verdict === 'expected' && account === null)).toBe(true)
  })

  it('also judges a batch that was made by hand, and leaves devices out that belong to no fleet', async () => {
    const { api, fleetId, packageId } = await openGym(3)
    await api.call('device.create', { productKey, deviceName: 'board-1' })
    await api.call('fleet.start', { fleetId })
    const { batchId } = await api.call('batch.create', { packageId })
    await settled(api, batchId)
    const { summary, rows } = await api.call('otaGym.table', { batchId })
    expect(summary).toMatchObject({ run: null, otherDevices: 1, verdicts: { expected: 3 } })
    expect(rows.map(({ deviceName }) => deviceName)).not.toContain('board-1')
  })

  it('lets devices ask when nothing is pushed', async () => {
    const { api, start } = await openGym(2)
    const batchId = await start({ pushes: false })
    expect((await settled(api, batchId)).map(({ state }) => state)).toEqual(['SUCCEEDED', 'SUCCEEDED'])
  })

  it('is refused for another product, and for the version with which the devices start', async () => {
    const { api, start } = await openGym(1)
    await expect(start({ packageId: (await makePackage(api, '1.0.0')).packageId })).rejects.toMatchObject({ code: 'ota/batch-refused' })
    const { productKey: other } = await api.call('product.create', { name: 'Other' })
    const foreign = await api.call('otaPackage.create', { productKey: other, name: 'other', version: '9', verify: false, uploadIds: [await uploadFile(api, 'o.bin', imageOf(9))] })
    await expect(start({ packageId: foreign.packageId })).rejects.toMatchObject({ code: 'ota/batch-refused' })
  })
})
