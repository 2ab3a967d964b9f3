import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'

export const talkingProductKey = 'a1Talk'

const number = (type: string, min: string, max: string) => ({ type, specs: { min, max, step: '1' } })

/** A thing model with properties to set and to read, an event of each kind, and services of both kinds. */
export const talkingModel = {
  profile: { productKey: talkingProductKey },
  properties: [
    { identifier: 'Brightness', name: 'Brightness', accessMode: 'rw', required: false, dataType: number('int', '0', '100') },
    { identifier: 'Level', name: 'Level', accessMode: 'rw', required: false, dataType: number('float', '0', '10') },
    { identifier: 'Serial', name: 'Serial', accessMode: 'rw', required: false, dataType: { type: 'long', specs: {} } },
    { identifier: 'Uptime', name: 'Uptime', accessMode: 'r', required: false, dataType: number('int', '0', '100000') },
    { identifier: 'Label', name: 'Label', accessMode: 'rw', required: false, dataType: { type: 'text', specs: { length: '8' } } },
  ],
  events: [
    { identifier: 'Overheat', name: 'Overheat', type: 'alert', required: false, method: 'thing.event.Overheat.post', outputData: [
      { identifier: 'Temp', name: 'Temp', dataType: number('double', '-40', '200') },
      { identifier: 'Zone', name: 'Zone', dataType: { type: 'text', specs: { length: '8' } } },
    ] },
    { identifier: 'Broken', name: 'Broken', type: 'error', required: false, method: 'thing.event.Broken.post', outputData: [] },
  ],
  services: [
    { identifier: 'Blink', name: 'Blink', callType: 'sync', required: false, method: 'thing.service.Blink', inputData: [
      { identifier: 'Times', name: 'Times', dataType: number('int', '1', '50') },
    ], outputData: [
      { identifier: 'Done', name: 'Done', dataType: { type: 'bool', specs: { 0: 'no', 1: 'yes' } } },
    ] },
    { identifier: 'Prime', name: 'Prime', callType: 'async', required: false, method: 'thing.service.Prime', inputData: [
      { identifier: 'Speed', name: 'Speed', dataType: number('float', '0', '100') },
    ], outputData: [
      { identifier: 'Took', name: 'Took', dataType: number('int', '0', '1000') },
    ] },
  ],
}

/** Imports the model and makes one device. */
export async function makeTalkingDevice(api: ApiClient, deviceName = 'lamp-0001'): Promise<DeviceCertificate> {
  const products = await api.call('product.list', {})
  if (!products.some(product => product.productKey === talkingProductKey))
    await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  const { certificates } = await api.call('device.create', { productKey: talkingProductKey, deviceName })
  return certificates[0]!
}
