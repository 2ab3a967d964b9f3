import type { BrokerDevice } from '../../src/engine/broker/types.ts'
import { Buffer } from 'node:buffer'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificates, startFleet } from '../support/simulated-fleet.ts'
import { credentialsOf, startTestBroker } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

const known: BrokerDevice[] = certificates(50).map((certificate, index) => ({ ...certificate, deviceId: index + 1, disabled: false }))

describe('a fleet on our own broker', () => {
  it('signs in with valid signatures, posts on topics it may use and gets its replies without a subscription', async () => {
    const platform = await startTestBroker({
      devices: known,
      hooks: {
        onPublish(client, { topic, payload }, refusal, acknowledge) {
          acknowledge()
          const { id } = JSON.parse(new TextDecoder().decode(payload)) as { id: string }
          const code = refusal?.code ?? 200
          platform.broker.deliver(client.device.deviceId, { topic: `${topic}_reply`, payload: Buffer.from(`{"code":${code},"data":{},"id":"${id}","message":"success","method":"thing.event.property.post","version":"1.0"}`), qos: 1 })
        },
      },
    })
    const fleet = startFleet({ host: '127.0.0.1', port: platform.port }, { devices: certificates(50), intervalMs: 200, durationMs: 600 })
    await waitFor(() => fleet.hasEnded())
    await fleet.finish()
    expect(fleet.counters()).toMatchObject({ everOnline: 50, published: 150, acknowledged: 150, replied: 150, repliedRefused: 0 })
    expect(fleet.errors()).toEqual({})
    expect(new Set(platform.attempts.map(attempt => attempt.code))).toEqual(new Set([200]))
    expect(platform.broker.stats()).toMatchObject({ malformedPackets: 0, droppedOut: 0 })
    await fleet.close()
    await waitFor(() => platform.presence.filter(event => /^offline .* 200$/.test(event)).length === 50)
  })

  it('is refused with a wrong secret', async () => {
    const platform = await startTestBroker({ devices: known.map(device => ({ ...device, deviceSecret: 'another' })) })
    const fleet = startFleet({ host: '127.0.0.1', port: platform.port })
    await waitFor(() => fleet.cells().every(cell => cell === 'refused'))
    expect(fleet.errors()).toEqual({ 'CONNECT refused by the broker: code 4 (wrong user name or password)': 3 })
  })

  it('leaves the field to a real device that logs in as one of its own', async () => {
    let kicked: (index: number) => void = () => {}
    const platform = await startTestBroker({
      devices: known,
      hooks: {
        onOffline(client, reason) {
          if (reason.code === 427)
            kicked(client.device.deviceId - 1)
        },
      },
    })
    const fleet = startFleet({ host: '127.0.0.1', port: platform.port })
    kicked = fleet.kicked
    await waitFor(() => fleet.counters().online === 3)
    const board = await connectAsync({ host: '127.0.0.1', port: platform.port, protocolVersion: 4, reconnectPeriod: 0, ...credentialsOf(known[1]!) })
    onTestFinished(() => board.endAsync(true))
    await waitFor(() => fleet.cells()[1] === 'swapped')
    expect(fleet.cells()).toEqual(['online', 'swapped', 'online'])
    expect(board.connected).toBe(true)
  })

  it('leaves reports out while the platform takes nothing, and goes on when it does', async () => {
    const platform = await startTestBroker({ devices: known })
    const fleet = startFleet({ host: '127.0.0.1', port: platform.port }, { intervalMs: 5 })
    await waitFor(() => fleet.counters().acknowledged > 20)
    platform.broker.setPressure(true)
    await waitFor(() => fleet.counters().skipped > 20)
    const { acknowledged } = fleet.counters()
    platform.broker.setPressure(false)
    await waitFor(() => fleet.counters().acknowledged > acknowledged + 200)
    await fleet.finish()
    const { published, acknowledged: all } = fleet.counters()
    expect(all).toBe(published)
    expect(fleet.errors()).toEqual({})
  })
})
