import { connect } from 'node:net'
import { connectAsync } from 'mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { credentialsOf } from '../support/test-broker.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'

const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }

it('a wrong signature fails on its step, with the exact text that has to be signed', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const credentials = credentialsOf({ ...certificate, deviceSecret: 'other', deviceId: 1, disabled: false }, { timestamp: 7 })
  await expect(connectAsync({ ...mqtt, ...credentials, reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 })
  const { attempts } = await api.call('device.attempts', identity)
  expect(attempts).toMatchObject([{ ...identity, code: 6287, transport: 'tcp', clientId: credentials.clientId }])
  expect(attempts[0]!.steps.map(({ step, state }) => `${step} ${state}`)).toEqual(['tcp passed', 'tls skipped', 'connect passed', 'identity passed', 'signature failed', 'admitted not-reached', 'subscribed not-reached'])
  expect(attempts[0]!.steps[4]).toMatchObject({ code: 6287, signedContent: 'clientIda1Test.dev-0001deviceNamedev-0001productKeya1Testtimestamp7' })
})

it('the last step waits for a subscription, unless the platform subscribes for the device', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  const last = async () => (await api.call('device.attempts', identity)).attempts[0]!.steps.at(-1)
  const { client } = await connectDevice(mqtt, certificate)
  expect(await last()).toEqual({ step: 'subscribed', state: 'waiting' })
  await client.subscribeAsync('/sys/a1Test/dev-0001/thing/event/property/post_reply')
  expect(await last()).toEqual({ step: 'subscribed', state: 'passed' })
  await connectDevice(mqtt, certificate, { _ss: '1' })
  expect(await last()).toEqual({ step: 'subscribed', state: 'passed' })
})

it('remembers twenty attempts of a device, and apart from them those of nobody that is known', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  for (let count = 0; count < 21; count++)
    await connectDevice(mqtt, certificate)
  expect((await api.call('device.attempts', identity)).attempts).toHaveLength(20)

  const unknown = credentialsOf({ ...certificate, deviceName: 'dev-9999', deviceId: 1, disabled: false })
  await expect(connectAsync({ ...mqtt, ...unknown, reconnectPeriod: 0 })).rejects.toMatchObject({ code: 4 })
  const socket = connect(mqtt.port, mqtt.host, () => socket.write('hello'))
  onTestFinished(() => { socket.destroy() })
  await expect.poll(async () => (await api.call('connection.attempts', {})).attempts.map(({ code, steps }) => [code, steps.find(step => step.state === 'failed')?.step])).toEqual([[460, 'connect'], [6100, 'identity']])
})
