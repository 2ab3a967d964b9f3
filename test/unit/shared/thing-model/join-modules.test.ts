import { expect, it } from 'vitest'
import { joinModules } from '../../../../src/shared/thing-model/join-modules.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'

function text(functionBlockId?: string) {
  return JSON.stringify({
    ...(functionBlockId !== undefined && { functionBlockId, functionBlockName: 'Pump' }),
    profile: { productKey: 'a1' },
    properties: [{ identifier: 'Flow', name: 'Flow', accessMode: 'r', required: false, dataType: { type: 'int', specs: { min: '0', max: '9', step: '1' } } }],
    events: [{ identifier: 'Leak', name: 'Leak', type: 'alert', required: false, method: 'x', outputData: [] }],
    services: [{ identifier: 'Prime', name: 'Prime', callType: 'sync', required: false, method: 'x', inputData: [], outputData: [] }],
  })
}

it('puts the members of custom modules behind those of the default one, in the names of the wire', () => {
  const { properties, events, services } = joinModules(parseThingModel(text()).model!, [parseThingModel(text('pump')).model!])
  expect(properties.map(property => property.identifier)).toEqual(['Flow', 'pump:Flow'])
  expect(events.map(event => event.identifier)).toEqual(['Leak', 'pump:Leak'])
  expect(services.map(service => service.identifier)).toEqual(['Prime', 'pump:Prime'])
})
