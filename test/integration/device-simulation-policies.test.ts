import type { MethodInput } from '../../src/shared/contract/contract.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { realClock } from '../../src/host/real-clock.ts'
import { makeRawDevice } from '../support/raw-product.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const lamp = { productKey, deviceName: 'lamp-0001' }
type Policy = Omit<MethodInput<'deviceSimulation.setPolicy'>, 'productKey' | 'deviceName'>

const brightness = (value: number): Policy['content'] => ({ kind: 'properties', behaviours: { Brightness: { kind: 'constant', value } } })
const everySecond: Policy['when'] = { kind: 'every', intervalMs: 1_000, durationMs: 60_000 }

async function startLamp(applyCloud = false) {
  const started = await startEngine()
  await makeTalkingDevice(started.api)
  if (applyCloud)
    await started.api.call('settings.set', { name: 'limits.applyCloud', value: true })
  await started.api.call('deviceSimulation.start', lamp)
  const setPolicy = (policy: Policy) => started.api.call('deviceSimulation.setPolicy', { ...lamp, ...policy })
  const get = () => started.api.call('deviceSimulation.get', lamp)
  const posts = async () => (await started.api.call('trace.page', { filter: { topic: 'property/post', direction: 'up' } })).rows
  return { ...started, setPolicy, get, posts }
}

describe('a push policy', () => {
  it('sends exactly one message at a chosen time', async () => {
    const { setPolicy, get, posts } = await startLamp()
    const { policy } = await setPolicy({ content: brightness(7), when: { kind: 'once', at: Math.round(realClock.now()) + 300 } })
    expect(policy).toMatchObject({ state: 'running', sent: 0, nextAt: policy.when.kind === 'once' && policy.when.at })
    await waitFor(async () => (await get()).policies[0]?.state === 'ended')
    expect((await get()).policies).toMatchObject([{ sent: 1, skipped: 0, nextAt: null }])
    await waitFor(async () => (await posts()).length === 1)
  })

  it('sends a message every so often for a period, and then has ended', async () => {
    const { setPolicy, get, posts } = await startLamp()
    await setPolicy({ content: brightness(7), when: { kind: 'every', intervalMs: 100, durationMs: 500 } })
    const policy = await waitFor(async () => (await get()).policies.find(({ state }) => state === 'ended'))
    expect(policy.sent + policy.skipped).toBe(5)
    await waitFor(async () => (await posts()).length === policy.sent)
  })

  it('stands beside others, with values that vary, an event, and bytes on any topic', async () => {
    const { api, setPolicy, get } = await startLamp()
    const when: Policy['when'] = { kind: 'every', intervalMs: 50 }
    await setPolicy({ content: { kind: 'properties', behaviours: { Brightness: { kind: 'random', min: 10, max: 20 }, Level: { kind: 'sine', min: 0, max: 10, periodSec: 1, noise: 0 } } }, when })
    await setPolicy({ content: { kind: 'event', event: 'Overheat', behaviours: { Temp: { kind: 'ramp', min: 80, max: 90, periodSec: 1 }, Zone: { kind: 'cycle', values: ['a', 'b'], holdSec: 0.1 } } }, when })
    const { beyondCloud } = await setPolicy({ content: { kind: 'publish', topic: `/${productKey}/lamp-0001/user/update`, payloadBase64: Buffer.from('tick').toString('base64'), qos: 0 }, when })
    expect(beyondCloud).toEqual(['policies', 'interval', 'span'])
    await waitFor(async () => (await get()).policies.every(policy => policy.sent >= 5))
    const { policies, values } = await get()
    expect(policies.map(policy => [policy.refused, policy.problem])).toEqual([[0, null], [0, null], [0, null]])
    expect(Object.keys(values).sort()).toEqual(['Brightness', 'Level'])
    const events = await waitFor(async () => {
      const page = await api.call('event.list', lamp)
      return page.events.length >= 5 && page.events
    })
    for (const { output } of events)
      expect(output).toMatchObject({ Zone: expect.stringMatching(/^[ab]$/), Temp: expect.any(Number) })
    expect((await api.call('trace.page', { filter: { code: 'failed' } })).rows).toEqual([])
  })

  it('pauses and goes on, is changed in its place, and is removed', async () => {
    const { api, setPolicy, get } = await startLamp()
    const { policy: { policyId } } = await setPolicy({ content: brightness(1), when: { kind: 'every', intervalMs: 50 } })
    expect(await api.call('deviceSimulation.pausePolicy', { ...lamp, policyId, paused: true })).toMatchObject({ state: 'paused', nextAt: null })
    expect(await api.call('deviceSimulation.pausePolicy', { ...lamp, policyId, paused: false })).toMatchObject({ state: 'running', nextAt: expect.any(Number) })
    await setPolicy({ policyId, content: brightness(2), when: { kind: 'every', intervalMs: 50 } })
    await waitFor(async () => (await get()).values.Brightness === 2)
    expect((await get()).policies).toHaveLength(1)
    await api.call('deviceSimulation.removePolicy', { ...lamp, policyId })
    expect((await get()).policies).toEqual([])
    await expect(setPolicy({ policyId, content: brightness(2), when: everySecond })).rejects.toMatchObject({ code: 'simulation/not-found' })
    await expect(api.call('deviceSimulation.removePolicy', { ...lamp, policyId })).rejects.toMatchObject({ code: 'simulation/not-found' })
  })

  it('is refused when its fixed values do not fit the thing model, unless they are to be sent anyway', async () => {
    const { api, setPolicy, get } = await startLamp()
    await expect(setPolicy({ content: brightness(101), when: everySecond })).rejects.toMatchObject({ code: 'model/refused' })
    await expect(setPolicy({ content: { kind: 'properties', behaviours: { Bright: { kind: 'random' } } }, when: everySecond })).rejects.toMatchObject({ code: 'model/refused' })
    await setPolicy({ content: brightness(101), when: everySecond, anyway: true })
    await waitFor(async () => (await get()).policies[0]?.sent === 1)
    expect(await waitFor(async () => (await api.call('trace.page', { filter: { code: 'failed' } })).rows[0])).toMatchObject({ topic: expect.stringContaining('property/post') })
  })

  it('leaves out what falls due while its device is not simulated, and misses its only message', async () => {
    const { api, setPolicy, get } = await startLamp()
    await setPolicy({ content: brightness(1), when: { kind: 'every', intervalMs: 20 } })
    await setPolicy({ content: brightness(2), when: { kind: 'once', at: Math.round(realClock.now()) + 400 } })
    await api.call('deviceSimulation.stop', lamp)
    await waitFor(async () => (await get()).policies[1]?.state === 'missed')
    const [before] = (await get()).policies
    await api.call('deviceSimulation.start', lamp)
    await waitFor(async () => (await get()).policies[0]!.sent > before!.sent)
    expect((await get()).policies).toMatchObject([{ state: 'running', skipped: expect.any(Number) }, { state: 'missed', sent: 0, problem: expect.stringContaining('not online') }])
    expect((await get()).policies[0]!.skipped).toBeGreaterThan(5)
  })
})

describe('with the cloud\'s limits', () => {
  it('a policy sends once a second at the most often, and for three hours at the longest', async () => {
    const { setPolicy } = await startLamp(true)
    await expect(setPolicy({ content: brightness(1), when: { kind: 'every', intervalMs: 500, durationMs: 60_000 } })).rejects.toMatchObject({ code: 'limit/reached', details: { rule: 'interval' } })
    await expect(setPolicy({ content: brightness(1), when: { kind: 'every', intervalMs: 1_000, durationMs: 4 * 3600_000 } })).rejects.toMatchObject({ code: 'limit/reached', details: { rule: 'span' } })
    await expect(setPolicy({ content: brightness(1), when: { kind: 'every', intervalMs: 1_000 } })).rejects.toMatchObject({ code: 'limit/reached', details: { rule: 'span' } })
    expect(await setPolicy({ content: brightness(1), when: everySecond })).toMatchObject({ replaced: 0, beyondCloud: [] })
  })

  it('a second policy takes the place of the first', async () => {
    const { setPolicy, get } = await startLamp(true)
    await setPolicy({ content: brightness(1), when: everySecond })
    expect(await setPolicy({ content: { kind: 'event', event: 'Broken', behaviours: {} }, when: everySecond })).toMatchObject({ replaced: 1 })
    expect((await get()).policies).toMatchObject([{ content: { kind: 'event' } }])
  })

  it('a simulation ends when its page is left, and one that no page looked at goes on', async () => {
    const { api, get } = await startLamp(true)
    await makeTalkingDevice(api, 'lamp-0002')
    await api.call('deviceSimulation.start', { productKey, deviceName: 'lamp-0002' })
    const leave = new AbortController()
    let items = 0
    const watching = api.subscribe('deviceSimulation.watch', lamp, () => void items++, { signal: leave.signal })
    await waitFor(() => items > 0)
    leave.abort()
    await watching
    expect(await waitFor(async () => {
      const seat = await get()
      return seat.state === 'stopped' && seat
    })).toMatchObject({ problem: expect.stringContaining('page is left') })
    expect((await api.call('deviceSimulation.get', { productKey, deviceName: 'lamp-0002' })).state).toBe('online')
  })

  it('a product with a custom data format is not simulated', async () => {
    const { api } = await startEngine()
    await makeRawDevice(api)
    await api.call('settings.set', { name: 'limits.applyCloud', value: true })
    await expect(api.call('deviceSimulation.start', lamp)).rejects.toMatchObject({ code: 'simulation/refused', details: { reason: 'custom-format' } })
  })
})
