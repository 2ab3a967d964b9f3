import { expect, it } from 'vitest'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeReportingDevices, reportingProductKey as productKey } from '../support/reporting-product.ts'
import { startEngine } from '../support/test-engine.ts'

// Not long ago: numbers go when the messages of their time do.
const past = Date.now() - 60_000
const identity = { productKey, deviceName: 'lamp-0001' }

it('keeps single values of every type over a restart, as they were reported, until the device is deleted', async () => {
  const { api, mqtt, dir, close } = await startEngine()
  const [certificate] = await makeReportingDevices(api)
  const { post } = await connectDevice(mqtt, certificate!)
  await post({ Struct: { value: { X: 1, Y: 2 }, time: past }, Bool: { value: 1, time: past } })
  await post({ Struct: { value: { X: 3, Y: 4 }, time: past + 5 } })
  await close()
  const again = await startEngine({ workspaceDir: dir })
  const ask = { ...identity, properties: ['Struct', 'Bool'], fromAt: past, toAt: past + 5 }
  expect(await again.api.call('device.propertyPoints', ask)).toEqual({
    properties: [
      { property: 'Struct', points: [{ value: { X: 3, Y: 4 }, at: past + 5 }, { value: { X: 1, Y: 2 }, at: past }] },
      { property: 'Bool', points: [{ value: 1, at: past }] },
    ],
    nextAt: null,
  })
  expect(await again.api.call('device.propertyPoints', { ...ask, order: 'oldest', limit: 1 })).toMatchObject({ properties: [{ points: [{ value: { X: 1, Y: 2 } }] }, { points: [{ value: 1 }] }], nextAt: past + 5 })
  const known = await again.api.call('device.properties', identity)
  expect(known.find(({ property }) => property === 'Struct')).toEqual({ property: 'Struct', functionBlockId: '', name: 'Struct', dataType: 'struct', unit: '', latest: { value: { X: 3, Y: 4 }, time: past + 5 }, desired: null })
  await again.api.call('device.delete', identity)
  await again.api.call('device.create', identity)
  expect((await again.api.call('device.propertyPoints', ask)).properties).toEqual([{ property: 'Struct', points: [] }, { property: 'Bool', points: [] }])
})

it('tells of a command to many devices which ones got it, and why the others did not', async () => {
  const { api, mqtt } = await startEngine()
  const [certificate] = await makeReportingDevices(api, 2)
  await connectDevice(mqtt, certificate!)
  const many = { productKey, deviceNames: ['lamp-0002', 'lamp-0001'] }
  const report = { sent: [{ deviceName: 'lamp-0001' }], failed: [{ deviceName: 'lamp-0002', code: 9200 }] }
  expect(await api.call('device.setPropertiesOfMany', { ...many, properties: { Int: 1 } })).toMatchObject(report)
  expect(await api.call('device.invokeServiceOfMany', { ...many, service: 'Prime', input: { Speed: 1 } })).toMatchObject(report)
  await expect(api.call('device.setPropertiesOfMany', { ...many, properties: { Int: 101 } })).rejects.toMatchObject({ code: 'model/refused' })
})
