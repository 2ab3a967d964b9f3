import type { Mosquitto } from '../support/mosquitto.ts'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { certificates, startFleet } from '../support/simulated-fleet.ts'
import { waitFor } from '../support/wait-for.ts'

let mosquitto: Mosquitto
beforeAll(async () => {
  mosquitto = await startMosquitto()
})
afterAll(() => mosquitto.close())

/** Everything that is published from now on, by topic. */
async function listen(): Promise<Map<string, string[]>> {
  const heard = new Map<string, string[]>()
  const client = await connectAsync(mosquitto.url)
  onTestFinished(() => client.endAsync(true))
  client.on('message', (topic, payload) => heard.set(topic, [...heard.get(topic) ?? [], payload.toString()]))
  await client.subscribeAsync('/sys/#', { qos: 1 })
  return heard
}

const paramsOf = (payload: string): Record<string, number> => JSON.parse(payload).params
const topicOf = (name: string): string => `/sys/a1Xk29TzQ7b/${name}/thing/event/property/post`

describe('a fleet on a broker that is not ours', () => {
  it('connects every device, and each posts once an interval for its whole duration; nothing is lost', async () => {
    const heard = await listen()
    const fleet = startFleet(mosquitto, { devices: certificates(100), intervalMs: 500, durationMs: 2000 })
    await waitFor(() => fleet.hasEnded())
    await fleet.finish()
    expect(fleet.counters()).toMatchObject({ everOnline: 100, published: 400, publishedQos1: 400, acknowledged: 400, skipped: 0 })
    await waitFor(() => [...heard.values()].flat().length === 400)
    expect(new Set([...heard.values()].map(posts => posts.length))).toEqual(new Set([4]))
    expect(fleet.errors()).toEqual({})
  })

  it('says the same on every run with the same seed, device by device', async () => {
    const runs: Map<string, string[]>[] = []
    for (const seed of [7, 7, 8]) {
      const heard = await listen()
      const fleet = startFleet(mosquitto, {
        devices: certificates(10),
        seed,
        intervalMs: 1000,
        durationMs: 10_000,
        behaviours: { Temperature: { kind: 'sine', min: 0, max: 40, periodSec: 60, noise: 2 }, Switch: { kind: 'random' } },
      }, createFastClock(10))
      await waitFor(() => fleet.hasEnded())
      await fleet.close()
      await waitFor(() => [...heard.values()].flat().length === 100)
      runs.push(new Map(heard))
    }
    const sorted = runs.map(run => [...run].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    expect(sorted[1]).toEqual(sorted[0])
    expect(sorted[2]!.map(([topic]) => topic)).toEqual(sorted[0]!.map(([topic]) => topic))
    expect(sorted[2]).not.toEqual(sorted[0])
    expect(sorted[0]![0]![1].map(payload => JSON.parse(payload).id)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
  })

  it('takes a new interval while it runs, spread as before', async () => {
    const fleet = startFleet(mosquitto, { devices: certificates(20), intervalMs: 3_600_000 })
    await waitFor(() => fleet.counters().online === 20)
    const before = fleet.counters().published
    expect(before).toBeLessThan(5)
    fleet.update({ intervalMs: 100 })
    await waitFor(() => fleet.counters().published >= before + 100)
    fleet.update({ intervalMs: 3_600_000 })
    const after = fleet.counters().published
    expect(after).toBeLessThan(before + 400)
    await fleet.finish()
    expect(fleet.counters().published - after).toBeLessThan(5)
  })

  it('takes new behaviours while it runs', async () => {
    const heard = await listen()
    const fleet = startFleet(mosquitto, { devices: certificates(1), behaviours: { Temperature: { kind: 'constant', value: 1 }, Switch: { kind: 'off' } } })
    await waitFor(() => heard.get(topicOf('sim-0001')))
    fleet.update({ behaviours: { Temperature: { kind: 'constant', value: 2 }, Switch: { kind: 'constant', value: 1 } } })
    const posts = await waitFor(() => {
      const all = heard.get(topicOf('sim-0001'))!.map(paramsOf)
      return all.at(-1)!.Temperature === 2 && all
    })
    expect(posts[0]).toEqual({ Temperature: 1 })
    expect(posts.at(-1)).toEqual({ Temperature: 2, Switch: 1 })
  })

  it('takes devices in and lets them go while it runs', async () => {
    const heard = await listen()
    const fleet = startFleet(mosquitto, { devices: certificates(5) })
    await waitFor(() => fleet.counters().online === 5)
    fleet.update({ addDevices: certificates(10, 5) })
    await waitFor(() => fleet.counters().online === 15)
    await waitFor(() => heard.has(topicOf('sim-0015')))
    fleet.update({ keepDevices: 2 })
    expect(fleet.cells()).toEqual(['online', 'online'])
    fleet.update({ keepDevices: 1, addDevices: certificates(2, 1) })
    await waitFor(() => fleet.counters().online === 3)
    const heardBefore = heard.get(topicOf('sim-0003'))!.length
    await waitFor(() => heard.get(topicOf('sim-0003'))!.length > heardBefore)
    const silent = heard.get(topicOf('sim-0010'))?.length
    await waitFor(() => heard.get(topicOf('sim-0001'))!.length > 8)
    expect(heard.get(topicOf('sim-0010'))?.length).toBe(silent)
  })

  it('publishes with QoS 0 when told to, and then waits for no acknowledgement', async () => {
    const fleet = startFleet(mosquitto, { qos: 0 })
    await waitFor(() => fleet.counters().published >= 9)
    fleet.update({ qos: 1 })
    await waitFor(() => fleet.counters().acknowledged >= 3)
    await fleet.finish()
    const { published, publishedQos1, acknowledged } = fleet.counters()
    expect(publishedQos1).toBe(acknowledged)
    expect(published - publishedQos1).toBeGreaterThanOrEqual(9)
  })

  it('says nothing when every property is off, and stays connected', async () => {
    const fleet = startFleet(mosquitto, { behaviours: { Temperature: { kind: 'off' }, Switch: { kind: 'off' } }, durationMs: 300 })
    await waitFor(() => fleet.hasEnded())
    expect(fleet.counters()).toMatchObject({ online: 3, published: 0 })
  })
})
