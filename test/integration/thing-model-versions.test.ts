import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { TestEngine } from '../support/test-engine.ts'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openConnection } from '../../src/engine/store/open.ts'
import { limits } from '../../src/shared/limits.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'
const identity = { productKey, deviceName: 'dev-0001' }

const property = (identifier: string, dataType: unknown): JsonObject => ({ identifier, name: identifier, accessMode: 'rw', required: false, dataType: dataType as JsonObject })
const int = { type: 'int', specs: { min: '0', max: '100' } }
const documentOf = (properties: JsonObject[], more: JsonObject = {}): string => JSON.stringify({ properties, events: [], services: [], ...more })
const counter = property('Counter', int)

interface Bench extends TestEngine {
  /** Reports with QoS 1 and gives the reply. */
  report: (params: JsonObject) => Promise<{ code: number, data: JsonObject }>
}

async function startBench(): Promise<Bench> {
  const running = await startEngine()
  const { client } = await connectDevice(running.mqtt, await makeDevice(running.api))
  const replies = new Map<string, { code: number, data: JsonObject }>()
  client.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as { id: string, code: number, data: JsonObject }
    if (topic.endsWith('/post_reply'))
      replies.set(message.id, message)
  })
  let id = 0
  return {
    ...running,
    async report(params) {
      const own = String(++id)
      client.publish(`/sys/${productKey}/dev-0001/thing/event/property/post`, JSON.stringify({ id: own, version: '1.0', params, method: 'thing.event.property.post' }), { qos: 1 })
      await waitFor(() => replies.has(own))
      return replies.get(own)!
    },
  }
}

const versionsOf = async (api: ApiClient): Promise<string[]> => (await api.call('model.versions', { productKey })).versions.map(({ version, origin }) => `${version} ${origin}`)

it('keeps a draft that devices notice nothing of, and checks them by it once it is published', async () => {
  const { api, report } = await startBench()
  const draft = await api.call('model.saveDraft', { productKey, documents: [documentOf([counter, property('Speed', int)])] })
  expect(draft).toMatchObject({ basedOn: '1.0', published: '1.0', nextVersion: '1.1', issues: [] })
  expect(draft.changes.map(({ change, key, isBreaking }) => `${change} ${key} ${isBreaking}`)).toEqual(['changed Counter false', 'added Speed false', 'removed Label true', 'removed Switch true'])
  expect((await report({ Speed: 5 })).data).toEqual({ Speed: 'tsl parse: params not exist -> Speed' })
  const { rows } = await api.call('trace.page', { filter: { code: 6320 } })
  expect(rows).toHaveLength(1)

  expect(await api.call('model.publish', { productKey, description: 'with a speed' })).toMatchObject({ version: '1.1', droppedVersions: [] })
  expect(await report({ Speed: 5 })).toMatchObject({ code: 200, data: {} })
  expect(await versionsOf(api)).toEqual(['1.1 draft', '1.0 import'])
  expect(await api.call('model.draft', { productKey })).toMatchObject({ savedAt: null, published: '1.1', changes: [] })
  await expect(api.call('model.publish', { productKey })).rejects.toMatchObject({ code: 'model/no-draft' })
})

it('keeps a draft whatever is wrong with it, names it, and publishes nothing', async () => {
  const { api } = await startEngine({ mqtt: null })
  await makeDevice(api)
  const documents = [documentOf([property('Counter', { type: 'decimal' })]), '{']
  const { issues } = await api.call('model.saveDraft', { productKey, documents })
  expect(issues.map(({ code, path, module }) => ({ code, path, module }))).toEqual([
    { code: 6314, path: 'properties[0].dataType.type', module: undefined },
    { code: 6318, path: 'line 1, column 2', module: 'no. 2' },
  ])
  await expect(api.call('model.publish', { productKey })).rejects.toMatchObject({ code: 'model/invalid', details: { platformCode: 6314 }, message: expect.stringContaining('decimal') as string })
  await expect(api.call('model.diff', { productKey })).rejects.toMatchObject({ code: 'model/invalid' })
  expect((await api.call('model.draft', { productKey })).documents).toEqual(documents)
  expect(await api.call('model.discardDraft', { productKey })).toMatchObject({ savedAt: null, issues: [] })
  expect(await versionsOf(api)).toEqual(['1.0 import'])
})

it('refuses to save over a draft that somebody else has saved since, and to lose one by restoring', async () => {
  const { api } = await startEngine({ mqtt: null })
  await makeDevice(api)
  const mine = await api.call('model.saveDraft', { productKey, documents: [documentOf([counter])], expectedSavedAt: null })
  const theirs = await api.call('model.saveDraft', { productKey, documents: [documentOf([])], expectedSavedAt: mine.savedAt })
  await expect(api.call('model.saveDraft', { productKey, documents: [documentOf([counter])], expectedSavedAt: mine.savedAt })).rejects.toMatchObject({ code: 'model/draft-changed', details: { savedAt: theirs.savedAt } })
  await expect(api.call('model.restore', { productKey, version: '1.0' })).rejects.toMatchObject({ code: 'model/draft-exists' })
  await expect(api.call('model.restore', { productKey, version: '9', replaceDraft: true })).rejects.toMatchObject({ code: 'model/version-not-found' })
  const restored = await api.call('model.restore', { productKey, version: '1.0', replaceDraft: true })
  expect(restored).toMatchObject({ changes: [], issues: [] })
  expect(JSON.parse(restored.documents[0]!)).toMatchObject({ properties: [{ identifier: 'Counter' }, { identifier: 'Label' }, { identifier: 'Switch' }] })
})

it('compares any two of draft, published model and versions, and brings an old version back through a draft', async () => {
  const { api, report } = await startBench()
  await api.call('product.importModel', { text: documentOf([counter]), productKey })
  expect((await report({ Label: 'x' })).data).toHaveProperty('Label')
  const gone = await api.call('model.diff', { productKey, from: { version: '1.0' }, to: 'published' })
  expect(gone.filter(change => change.change === 'removed').map(change => change.key)).toEqual(['Label', 'Switch'])
  await api.call('model.restore', { productKey, version: '1.0' })
  expect((await api.call('model.diff', { productKey })).filter(change => change.change === 'added').map(change => change.key)).toEqual(['Label', 'Switch'])
  expect((await report({ Label: 'x' })).data).toHaveProperty('Label')
  await api.call('model.publish', { productKey, version: '2.0.rc1' })
  expect(await report({ Label: 'x' })).toMatchObject({ code: 200, data: {} })
  expect(await versionsOf(api)).toEqual(['2.0.rc1 draft', '1.1 import', '1.0 import'])
  await api.call('model.restore', { productKey, version: '1.1' })
  await expect(api.call('model.publish', { productKey, version: '1.1' })).rejects.toMatchObject({ code: 'model/version-exists' })
  expect((await api.call('model.draft', { productKey })).nextVersion).toBe('2.0.rc2')
})

it('leaves what devices reported readable when a property goes or becomes something else', async () => {
  const { api, report } = await startBench()
  const startedAt = Date.now()
  await report({ Counter: 7, Switch: 1, Label: 'old' })
  await api.call('product.importModel', { text: documentOf([property('Counter', { type: 'text', specs: { length: '8' } })]), productKey })
  expect((await api.call('device.get', identity)).properties).toMatchObject({ Counter: { value: 7 }, Switch: { value: 1 }, Label: { value: 'old' } })
  for (const name of ['Counter', 'Switch']) {
    const history = await api.call('device.history', { ...identity, property: name, fromAt: startedAt - 60_000, toAt: startedAt + 60_000, buckets: 10 })
    expect(history.points).toBe(1)
  }
  expect((await api.call('model.formerProperties', { productKey })).map(({ key, dataType, version }) => `${key} ${dataType.type} ${version}`)).toEqual(['Counter int 1.0', 'Label text 1.0', 'Switch bool 1.0'])
  expect(await report({ Counter: 'seven' })).toMatchObject({ code: 200, data: {} })
  expect((await api.call('device.get', identity)).properties).toMatchObject({ Counter: { value: 'seven' }, Label: { value: 'old' } })
})

it('finds draft and versions again after a restart, and deletes them with the product', async () => {
  const first = await startEngine({ mqtt: null })
  await makeDevice(first.api)
  await first.api.call('model.saveDraft', { productKey, documents: [documentOf([counter, property('Speed', int)])] })
  await first.close()
  const { api } = await startEngine({ mqtt: null, workspaceDir: first.dir })
  const draft = await api.call('model.draft', { productKey })
  expect(draft.changes.filter(change => change.change === 'added').map(change => change.key)).toEqual(['Speed'])
  expect(await api.call('model.publish', { productKey })).toMatchObject({ version: '1.1' })
  expect(JSON.parse((await api.call('model.version', { productKey, version: '1.0' })).documents[0]!)).toMatchObject({ profile: { productKey }, properties: [{}, {}, {}] })
  await api.call('device.delete', identity)
  await api.call('product.delete', { productKey })
  await api.call('product.create', { productKey, name: 'Again' })
  expect(await versionsOf(api)).toEqual([])
})

it('imports into the draft, with custom modules beside the default one, and publishes all of them together', async () => {
  const { api, report } = await startBench()
  const pump = documentOf([property('Flow', int)], { functionBlockId: 'pump', functionBlockName: 'Pump', profile: { productKey } })
  expect(await api.call('product.importModel', { text: pump, asDraft: true })).toMatchObject({ productKey, created: false, version: null })
  expect((await api.call('product.get', { productKey })).modules).toEqual([])
  expect((await report({ 'pump:Flow': 3 })).data).toHaveProperty(['pump:Flow'])
  const changes = await api.call('model.diff', { productKey })
  expect(changes.map(change => `${change.change} ${change.kind} ${change.key}`)).toEqual(['added module pump', 'added property pump:Flow'])
  await api.call('model.publish', { productKey })
  expect(await report({ 'pump:Flow': 3 })).toMatchObject({ code: 200, data: {} })
  expect((await api.call('model.versions', { productKey })).versions[0]).toMatchObject({ version: '1.1', moduleCount: 1, propertyCount: 4 })
  const valve = documentOf([property('Open', int)], { functionBlockId: 'valve', functionBlockName: 'Valve' })
  expect(await api.call('product.importModel', { text: documentOf([counter], { profile: { productKey: 'a1Whole' } }), more: [valve], asDraft: true })).toMatchObject({ productKey: 'a1Whole', created: true })
  expect(await api.call('product.get', { productKey: 'a1Whole' })).toMatchObject({ modelText: null, propertyCount: 0 })
  expect(await api.call('model.publish', { productKey: 'a1Whole' })).toMatchObject({ version: '1.0' })
  expect((await api.call('product.get', { productKey: 'a1Whole' })).modules).toMatchObject([{ functionBlockId: 'valve' }])
})

it('makes no version of a file that is the model already, and lets the oldest versions go visibly', async () => {
  const { api } = await startEngine({ mqtt: null })
  await makeDevice(api)
  const texts = [documentOf([counter]), documentOf([])]
  let last = await api.call('product.importModel', { text: texts[0]!, productKey })
  expect(await api.call('product.importModel', { text: texts[0]!, productKey })).toMatchObject({ version: last.version })
  for (let count = 2; count < limits.modelVersionsKeptMax; count++)
    last = await api.call('product.importModel', { text: texts[(count - 1) % 2]!, productKey })
  expect(last.notices).toEqual([])
  last = await api.call('product.importModel', { text: texts[(limits.modelVersionsKeptMax - 1) % 2]!, productKey })
  expect(last).toMatchObject({ version: `1.${limits.modelVersionsKeptMax}`, notices: ['Version 1.0 is no longer kept: it was the oldest, and there are as many as are kept.'] })
  expect(await versionsOf(api)).toHaveLength(limits.modelVersionsKeptMax)
})

it('applies the cloud\'s ceilings to what is published only while they are switched on', async () => {
  const { api } = await startEngine({ mqtt: null })
  await makeDevice(api)
  const { issues, notices } = await api.call('model.saveDraft', { productKey, documents: [documentOf([property('Note', { type: 'text', specs: { length: '20000' } })])] })
  expect(issues).toEqual([])
  expect(notices).toEqual(['properties[0].dataType.specs.length: text "20000"; the cloud allows at most 10240 bytes.'])
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await expect(api.call('model.publish', { productKey })).rejects.toMatchObject({ code: 'model/invalid', details: { platformCode: 6317 } })
  await api.call('settings.set', { name: 'limits.applyCloud', value: false })
  expect(await api.call('model.publish', { productKey })).toMatchObject({ version: '1.1', notices })
})

it('starts with a model that somebody has damaged, says so, and answers what cannot be checked with the fault', async () => {
  const first = await startBench()
  const certificate = (await first.api.call('device.create', { productKey, deviceName: 'dev-0002' })).certificates[0]!
  await first.close()
  const db = openConnection(path.join(first.dir, 'thingbench.db'))
  db.prepare('UPDATE product SET model = ?').run('{"properties":[{"identifier":"Counter","dataType":{"type":"decimal"}}]}')
  db.close()

  const { api, mqtt } = await startEngine({ workspaceDir: first.dir })
  expect((await api.call('app.info', {})).notices).toMatchObject([{ code: 'model-damaged', message: expect.stringContaining('properties[0].dataType.type') as string }])
  const device = await connectDevice(mqtt, certificate)
  await device.post({ Counter: 5 })
  await expect.poll(async () => (await api.call('trace.page', { filter: { code: 6314 } })).rows.length).toBe(1)
  expect((await api.call('model.draft', { productKey })).issues).toMatchObject([{ code: 6314, path: 'properties[0].dataType.type' }])
  await api.call('model.restore', { productKey, version: '1.0' })
  await api.call('model.publish', { productKey })
  await device.post({ Counter: 6 })
  await expect.poll(async () => (await api.call('device.get', { ...identity, deviceName: 'dev-0002' })).properties).toMatchObject({ Counter: { value: 6 } })
})
