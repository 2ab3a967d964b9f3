import type { DeviceCertificate } from '../../../src/shared/contract/device.ts'
import type { TestGateway } from '../gateway.ts'
import type { Bench, Causes } from './bench.ts'
import { everyTypeModel, everyTypeProductKey } from '../every-type-product.ts'
import { connectGateway, gatewayProductKey, names, signed, subProductKey } from '../gateway.ts'
import { waitFor } from '../wait-for.ts'

interface Gateways { gateway: TestGateway, other: TestGateway, node: DeviceCertificate }

/** Two gateways on line and a device that can be their sub-device, all named after the device of the bench. */
async function openGateways({ api, mqtt, deviceName }: Bench): Promise<Gateways> {
  const products = await api.call('product.list', {})
  if (!products.some(({ productKey }) => productKey === gatewayProductKey)) {
    await api.call('product.create', { name: 'Gateway', productKey: gatewayProductKey, nodeType: 'gateway' })
    await api.call('product.importModel', { text: JSON.stringify({ ...everyTypeModel, profile: { productKey: subProductKey } }), nodeType: 'sub-device' })
  }
  const make = async (productKey: string, role: string): Promise<DeviceCertificate> =>
    (await api.call('device.create', { productKey, deviceName: `${deviceName}-${role}` })).certificates[0]!
  const gateway = await connectGateway(mqtt, await make(gatewayProductKey, 'gate'))
  const other = await connectGateway(mqtt, await make(gatewayProductKey, 'other'))
  return { gateway, other, node: await make(subProductKey, 'node') }
}

/** The gateway of a sub-device that was logged in has left. */
async function leaveNode(bench: Bench): Promise<{ productKey: string, deviceName: string }> {
  const { gateway, node: { productKey, deviceName, ...node } } = await openGateways(bench)
  const identity = { productKey, deviceName }
  await gateway.bringUp({ ...node, ...identity })
  await gateway.client.endAsync()
  await waitFor(async () => (await bench.api.call('device.get', identity)).state === 'OFFLINE')
  return identity
}

function add(what: (gateways: Gateways) => DeviceCertificate) {
  return async (bench: Bench): Promise<unknown> => {
    const gateways = await openGateways(bench)
    return gateways.gateway.ask('thing/topo/add', [signed(what(gateways))])
  }
}

/** Gateways, their relations and the sessions of their sub-devices. */
export const gatewayCauses: Causes = {
  'DEV/1913': { provoke: leaveNode, names: /gateway a1Gate\/device-\d+-gate went offline/ },
  'DEV/401': { provoke: add(({ node }) => ({ ...node, deviceSecret: 'wrong' })), names: /of this text: clientIda1Sub&device-\d+-node/ },
  'DEV/520': { provoke: async (bench) => {
    const { gateway, node } = await openGateways(bench)
    await gateway.ask('thing/topo/add', [signed(node)])
    await gateway.client.publishAsync(`/sys/${node.productKey}/${node.deviceName}/thing/event/property/post`, '{"id":"1","params":{"Int":1}}')
  }, names: /device-\d+-gate may not publish on \/sys\/a1Sub\/device-\d+-node\/.* is not logged in/ },
  'DEV/6401': { provoke: async (bench) => {
    const { gateway, node } = await openGateways(bench)
    await gateway.ask('thing/topo/delete', names(node))
  }, names: /a1Sub\/device-\d+-node is not a sub-device of device-\d+-gate/ },
  'DEV/6402': { provoke: add(({ gateway }) => gateway.certificate), names: /device-\d+-gate cannot be its own sub-device/ },
  'DEV/6619': { provoke: async (bench) => {
    const { gateway, other, node } = await openGateways(bench)
    await other.ask('thing/topo/add', [signed(node)])
    await gateway.ask('thing/topo/add', [signed(node)])
  }, names: /device-\d+-node is a sub-device of the gateway a1Gate\/device-\d+-other/ },
  'TOPO/5005': { provoke: add(({ node }) => ({ ...node, productKey: 'a1None' })), names: /no product a1None/ },
  'MSG/9389': { provoke: async bench => bench.api.call('device.publish', { ...await leaveNode(bench), topic: 'user/get', text: 'x' }), names: /device-\d+-node .*its gateway device-\d+-gate is offline/ },
  'CALL/9389': { provoke: async bench => bench.api.call('device.setProperties', { ...await leaveNode(bench), properties: { Int: 1 } }).catch(() => {}), names: /device-\d+-node .*its gateway device-\d+-gate is offline/ },
}

/** What a device that is no gateway may not say of another one. */
export const packCauses: Causes = {
  'DEV/6401': { provoke: async ({ api, say, root }) => {
    await api.call('device.create', { productKey: everyTypeProductKey, deviceName: 'stranger' })
    await say(`${root}/thing/event/property/pack/post`, JSON.stringify({ id: '1', params: { subDevices: [{ identity: { productKey: everyTypeProductKey, deviceName: 'stranger' }, properties: { Int: { value: 1 } } }] } }))
  }, names: /a1Types\/stranger: expected a sub-device of device-/ },
}
