import { expect, it } from 'vitest'
import { logCodes } from '../../src/shared/alink/log-codes.ts'
import { everyTypeProductKey as productKey } from '../support/every-type-product.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { makeBench, proveAll, recordOf } from '../support/platform-codes/bench.ts'
import { burst, ceilingCauses } from '../support/platform-codes/ceiling-causes.ts'
import { commandCauses } from '../support/platform-codes/command-causes.ts'
import { deviceCauses } from '../support/platform-codes/device-causes.ts'
import { fileCauses } from '../support/platform-codes/file-causes.ts'
import { gatewayCauses, packCauses } from '../support/platform-codes/gateway-causes.ts'
import { messageCauses } from '../support/platform-codes/message-causes.ts'
import { scriptCauses } from '../support/platform-codes/script-causes.ts'
import { valueCauses } from '../support/platform-codes/value-causes.ts'
import { startEngine } from '../support/test-engine.ts'

it.each([
  ['connections, registrations and subscriptions', deviceCauses],
  ['messages', messageCauses],
  ['commands and their answers', commandCauses],
  ['reports and values', valueCauses],
  ['gateways and sub-devices', gatewayCauses],
  ['packs of a device that is no gateway', packCauses],
  ['scripts', scriptCauses],
  ['files', fileCauses],
])('lets every code of %s arise from its cause, with a record that names the concrete values', async (_what, causes) => {
  await proveAll(await startEngine(), causes)
}, 120_000)

it('lets the codes of the cloud\'s limits arise while these are applied, acknowledges what it drops, and drops nothing without them', async () => {
  const engine = await startEngine()
  const free = await makeBench(engine)
  await burst(free, 2)
  await engine.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await proveAll(engine, ceilingCauses)
  const { records } = await engine.api.call('log.search', { filter: { deviceName: free.deviceName, state: 'failed' } })
  expect(records).toEqual([])
}, 120_000)

it('drops messages to a device beyond the cloud\'s rate, and refuses its sixth login in a minute', async () => {
  const engine = await startEngine()
  const bench = await makeBench(engine)
  await engine.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await bench.connect()
  const call = { productKey, deviceName: bench.deviceName, payloadBase64: 'AA==', timeoutMs: 2_000 }
  const results = await Promise.allSettled(Array.from({ length: 300 }, () => engine.api.call('device.rrpc', call)))
  const codes = results.map(result => result.status === 'rejected' ? (result.reason as { details: { platformCode: number } }).details.platformCode : 200)
  expect(new Set(codes)).toEqual(new Set([1905, 9324]))
  expect(codes.slice(0, 50)).toEqual(Array.from({ length: 50 }).fill(1905))
  for (let login = 2; login <= 5; login++)
    await bench.connect()
  await expect(bench.connect()).rejects.toMatchObject({ code: 3 })
  expect((await recordOf(bench, 'DEV/429')).content.Message).toContain('5 times are allowed in one minute, and this is number 6')
}, 60_000)

it('takes a device off line after one and a half times its keep-alive (1910)', async () => {
  const engine = await startEngine({}, createFastClock(200))
  const bench = await makeBench(engine)
  await bench.connect()
  expect((await recordOf(bench, 'DEV/1910')).content.Message).toMatch(/1\.5 times its keep-alive of \d+ seconds/)
}, 30_000)

it('proves every code of the table that is said to arise here', () => {
  const groups = [deviceCauses, messageCauses, commandCauses, valueCauses, gatewayCauses, scriptCauses, fileCauses, ceilingCauses]
  const proven = [...groups.flatMap(Object.keys), 'DEV/1910']
  const said = logCodes.filter(({ arising, pending }) => 'YSR'.includes(arising) && pending === null).map(({ group, code }) => `${group}/${code}`)
  expect(proven.toSorted()).toEqual(said.toSorted())
})
