import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { everyTypeModel } from './every-type-product.ts'
import { talkingModel } from './talking-product.ts'

export const reportingProductKey = 'a1Report'

const unit = { min: '0', max: '100', step: '1', unit: 'm³/h', unitName: 'cubic metres' }

/** A custom module that is shaped like the default one: a property, an event and a service. */
const pump = {
  profile: { productKey: reportingProductKey },
  functionBlockId: 'pump',
  functionBlockName: 'Pump',
  properties: [{ identifier: 'Flow', name: 'Flow rate', accessMode: 'rw', required: false, dataType: { type: 'double', specs: unit } }],
  events: [{ identifier: 'Leak', name: 'A leak', type: 'error', required: false, method: 'thing.event.pump:Leak.post', outputData: [] }],
  services: [],
}

/** Makes a product with a property of every type, events, services and a custom module, and some devices `lamp-0001` … */
export async function makeReportingDevices(api: ApiClient, count = 1): Promise<DeviceCertificate[]> {
  const model = { profile: { productKey: reportingProductKey }, properties: everyTypeModel.properties, events: talkingModel.events, services: talkingModel.services, functionBlocks: [{ functionBlockId: 'pump', functionBlockName: 'Pump', productKey: reportingProductKey }] }
  await api.call('product.importModel', { text: JSON.stringify(model), more: [JSON.stringify(pump)] })
  const made = await Promise.all(Array.from({ length: count }, (_, index) => api.call('device.create', { productKey: reportingProductKey, deviceName: `lamp-000${index + 1}` })))
  return made.map(({ certificates }) => certificates[0]!)
}
