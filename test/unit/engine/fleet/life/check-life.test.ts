import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { expect, it } from 'vitest'
import { checkLife } from '../../../../../src/engine/fleet/life/check-life.ts'

const model: ThingModel = {
  profile: {},
  properties: [
    { identifier: 'Charge', name: 'Charge', accessMode: 'r', required: false, dataType: { type: 'int', min: 0, max: 100, step: 1 } },
    { identifier: 'Name', name: 'Name', accessMode: 'r', required: false, dataType: { type: 'text', length: 10 } },
  ],
  events: [],
  services: [],
}

it('refuses a charge that is no number and services that the thing model does not have', () => {
  const check = (life: Parameters<typeof checkLife>[0]) => () => checkLife(life, model, 'fleet.create')
  expect(check({ battery: { property: 'Charge', deadAt: 0, recharge: 'never' } })).not.toThrow()
  expect(check({ battery: { property: 'Name', deadAt: 0, recharge: 'never' } })).toThrow('life.battery.property: expected a number property of the thing model (Charge), got Name.')
  expect(check({ services: { reboot: ['Reboot'], powerOff: [] } })).toThrow('life.services.reboot: expected services of the thing model, which has none, got Reboot.')
  expect(check({})).not.toThrow()
})
