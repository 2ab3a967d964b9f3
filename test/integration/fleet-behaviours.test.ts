import { expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Heating00'
const deviceName = 'sim-0001'
const celsius = { type: 'double', specs: { min: '-40', max: '85', step: '0.01', unit: '°C', unitName: 'celsius' } }
const model = {
  profile: { productKey },
  properties: [
    { identifier: 'heater', name: 'Heater', accessMode: 'r', required: false, dataType: { type: 'bool', specs: { 0: 'off', 1: 'on' } } },
    { identifier: 'temperature', name: 'Temperature', accessMode: 'r', required: false, dataType: celsius },
    { identifier: 'target', name: 'Target', accessMode: 'rw', required: false, dataType: celsius },
  ],
  events: [],
  services: [],
}

it('closes the loop of a thermostat: a target set from the platform switches the heater, and the temperature follows', async () => {
  const { api } = await startEngine()
  await api.call('product.importModel', { text: JSON.stringify(model) })
  const { fleetId } = await api.call('fleet.create', { productKey, count: 1, intervalSec: 0.05, seed: 3, conversation: quietConversation, behaviours: {
    heater: { kind: 'expression', expression: 'temperature < target' },
    // By report rather than by time, so that a machine that is late comes to the same.
    temperature: { kind: 'expression', expression: '(previous ?? 10) + (heater ? 1 : -1)' },
    target: { kind: 'constant', value: 10 },
  } })
  await api.call('fleet.start', { fleetId })
  const temperature = async (): Promise<number> => Number((await api.call('device.get', { productKey, deviceName })).properties.temperature?.value)
  await waitFor(async () => Math.abs(await temperature() - 10) < 4, { what: 'a cool room' })
  for (const target of [40, 20]) {
    await api.call('device.setProperties', { productKey, deviceName, properties: { target } })
    await waitFor(async () => Math.abs(await temperature() - target) < 4, { what: `a room of ${target} °C` })
  }
}, 60_000)

it('refuses behaviours that look at properties which there are not, and keeps the fleet as it was', async () => {
  const { api } = await startEngine({ mqtt: null })
  await api.call('product.importModel', { text: JSON.stringify(model) })
  const behaviours = { heater: { kind: 'expression', expression: '1 < traget' } } as const
  const refusal = { code: 'input/invalid', message: expect.stringContaining('behaviours.heater.expression: expected names of properties (column 5: "traget" is none of heater, temperature, target)') }
  await expect(api.call('fleet.create', { productKey, count: 1, behaviours })).rejects.toMatchObject(refusal)
  const { fleetId } = await api.call('fleet.create', { productKey, count: 1 })
  await expect(api.call('fleet.update', { fleetId, change: { behaviours } })).rejects.toMatchObject(refusal)
  expect((await api.call('fleet.get', { fleetId })).behaviours.heater).toMatchObject({ kind: 'cycle' })
  await expect(api.call('fleet.update', { fleetId, change: { behaviours: { heater: { kind: 'expression', expression: '1 + ' } } } })).rejects.toMatchObject({ code: 'input/invalid', message: expect.stringContaining('change.behaviours.heater.expression: expected an expression (column 5') })
})
