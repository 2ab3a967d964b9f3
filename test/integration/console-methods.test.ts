import type { ErrorCode } from '../../src/shared/errors.ts'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { AppError } from '../../src/shared/errors.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const thermostat = readFileSync(new URL('../../resources/products/thermostat.tsl.json', import.meta.url), 'utf8')

async function failure(call: Promise<unknown>): Promise<{ code: ErrorCode, message: string }> {
  const error = await call.then(() => undefined, (problem: unknown) => problem)
  if (!(error instanceof AppError))
    throw new Error(`expected an AppError, got ${String(error)}`)
  return { code: error.code, message: error.message }
}

it('makes a product with the key of the file, and with a new key when that is taken, and says so', async () => {
  const { api } = await startEngine({ mqtt: null })
  const first = await api.call('product.importModel', { text: thermostat, name: 'Hall' })
  const second = await api.call('product.importModel', { text: thermostat })
  expect(first).toMatchObject({ productKey: 'a1TbThermo1', name: 'Hall', created: true, notices: [] })
  expect(second.productKey).not.toBe('a1TbThermo1')
  expect(second.notices).toEqual([`Product key a1TbThermo1 is taken, so the product was made with the new key ${second.productKey}.`])
  expect((await api.call('product.list', {})).map(product => product.productKey)).toEqual([second.productKey, 'a1TbThermo1'])
})

it('replaces the model of a product and keeps its secret and devices', async () => {
  const { api } = await startEngine({ mqtt: null })
  const { productSecret } = await api.call('product.importModel', { text: thermostat })
  await api.call('device.create', { productKey: 'a1TbThermo1', deviceName: 'hall' })
  const smaller = JSON.stringify({ profile: { productKey: 'a1TbThermo1' }, properties: [], events: [], services: [] })
  const again = await api.call('product.importModel', { text: smaller, update: true })
  expect(again).toMatchObject({ productKey: 'a1TbThermo1', productSecret, created: false })
  expect(await api.call('product.get', { productKey: 'a1TbThermo1' })).toMatchObject({ propertyCount: 0, deviceCount: 1 })
})

it('gives a model back in the form it can be imported from', async () => {
  const { api } = await startEngine({ mqtt: null })
  await api.call('product.importModel', { text: thermostat })
  const { text } = await api.call('product.exportModel', { productKey: 'a1TbThermo1' })
  expect(JSON.parse(text)).toMatchObject({ schema: expect.stringContaining('schema.json'), profile: { productKey: 'a1TbThermo1' } })
  expect(await api.call('product.checkModel', { text })).toMatchObject({ issues: [], propertyCount: 6 })
})

it('refuses a thing model with the place, what was expected and what came, and makes nothing', async () => {
  const { api } = await startEngine({ mqtt: null })
  const text = thermostat.replaceAll('"double"', '"doubel"')
  const { issues } = await api.call('product.checkModel', { text })
  expect(issues[0]).toMatchObject({ path: expect.stringMatching(/^properties\[\d\]\.dataType\.type$/), got: expect.stringContaining('doubel') })
  expect(await failure(api.call('product.importModel', { text }))).toMatchObject({ code: 'model/invalid', message: expect.stringContaining('doubel') })
  expect(await failure(api.call('product.importModel', { text: '{ "a": }' }))).toMatchObject({ message: expect.stringMatching(/line 1, column 8/) })
  expect(await api.call('product.list', {})).toEqual([])
})

it.each([
  ['product.get', { productKey: 'nothere' }, 'product/not-found'],
  ['product.delete', { productKey: 'a1Test' }, 'product/not-empty'],
  ['product.create', { name: 'Again', productKey: 'a1Test' }, 'product/exists'],
  ['product.exportModel', { productKey: 'a1Bare' }, 'model/invalid'],
  ['device.get', { productKey: 'a1Test', deviceName: 'nobody' }, 'device/not-found'],
  ['device.create', { productKey: 'a1Test', deviceName: 'dev-0001' }, 'device/exists'],
  ['device.create', { productKey: 'a1Test', deviceName: 'a name' }, 'input/invalid'],
  ['device.create', { productKey: 'a1Test', deviceName: 'x'.repeat(31), count: 10 }, 'input/invalid'],
  ['device.history', { productKey: 'a1Test', deviceName: 'dev-0001', property: 'Counter', fromAt: 5, toAt: 5 }, 'input/invalid'],
  ['settings.set', { name: 'trace.keepDays', value: -1 }, 'input/invalid'],
  ['trace.get', { id: 1 }, 'message/not-found'],
  ['fleet.start', { fleetId: 'none' }, 'fleet/not-found'],
  ['fleet.create', { productKey: 'a1Bare' }, 'model/invalid'],
] as const)('fails %s %j with %s and a sentence', async (name, input, code) => {
  const { api } = await startEngine({ mqtt: null })
  await makeDevice(api)
  await api.call('product.create', { name: 'Bare', productKey: 'a1Bare' })
  const { code: got, message } = await failure(api.call(name, input as never))
  expect(got).toBe(code)
  expect(message).toMatch(/^.{10,}$/)
})

it('makes many devices in one go, or none of them when a name is taken', async () => {
  const { api } = await startEngine({ mqtt: null })
  await makeDevice(api)
  const { certificates } = await api.call('device.create', { productKey: 'a1Test', deviceName: 'meter', count: 12 })
  expect(certificates.map(certificate => certificate.deviceName).slice(-2)).toEqual(['meter-11', 'meter-12'])
  expect(new Set(certificates.map(certificate => certificate.deviceSecret)).size).toBe(12)
  expect((await failure(api.call('device.create', { productKey: 'a1Test', deviceName: 'meter', count: 13 }))).code).toBe('device/exists')
  const { devices, total } = await api.call('device.list', { productKey: 'a1Test', search: 'METER', offset: 8, limit: 3 })
  expect({ total, names: devices.map(device => device.deviceName) }).toEqual({ total: 12, names: ['meter-9', 'meter-10', 'meter-11'] })
})

it('closes the connection of a deleted device with code 521 and keeps its messages under its name', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const device = await connectDevice(mqtt, certificate)
  await device.post({ Counter: 3 })
  const { productKey, deviceName } = certificate
  await api.call('device.delete', { productKey, deviceName })
  await waitFor(() => !device.client.connected)
  const rows = (await api.call('trace.page', {})).rows
  expect(rows.find(row => row.topic === 'offline')).toMatchObject({ code: 521, deviceName, productKey })
  expect(rows.filter(row => row.direction === 'up').map(row => row.deviceName)).toEqual([deviceName])
})

it('keeps settings over a restart and refuses values outside their range', async () => {
  const { api, dir, close } = await startEngine({ mqtt: null })
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await close()
  const again = await startEngine({ mqtt: null, workspaceDir: dir })
  expect(await again.api.call('settings.get', {})).toMatchObject({ 'limits.applyCloud': true, 'trace.keepDays': 7 })
})

it('listens on a free port when the wanted one is taken, and says so', async () => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  const { api, mqtt } = await startEngine({ mqtt: { host: '127.0.0.1', port } })
  other.close()
  expect(mqtt.port).not.toBe(port)
  const info = await api.call('app.info', {})
  expect(info.mqtt).toMatchObject({ port: mqtt.port, wantedPort: port })
  expect(info.notices.map(notice => notice.code)).toEqual(['port-taken'])
})

it('exports everything that matches, oldest first, in chunks', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const device = await connectDevice(mqtt, certificate)
  for (let index = 0; index < 25; index++)
    await device.post({ Counter: index })
  let text = ''
  await api.subscribe('trace.export', { filter: { direction: 'up', deviceName: certificate.deviceName }, format: 'jsonl' }, (item) => { text += item.text })
  const counters = text.trim().split('\n').map(line => JSON.parse(JSON.parse(line).payload).params.Counter)
  expect(counters).toEqual(Array.from({ length: 25 }, (_, index) => index))
})
