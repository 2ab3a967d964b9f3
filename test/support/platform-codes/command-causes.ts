import type { Cause, Causes } from './bench.ts'
import { everyTypeProductKey as productKey } from '../every-type-product.ts'
import { goOffline } from './bench.ts'

const answer = (code: number): Cause => ({ provoke: bench => bench.setAndAnswer(id => JSON.stringify({ id, code, message: 'no wish', data: {} })), names: new RegExp(`answered code ${code}: no wish`) })

/** Property sets and service calls, and what devices answer to them. */
export const commandCauses: Causes = {
  'CALL/9201': { provoke: async bench => [await goOffline(bench), await bench.set({ Int: 1 })], names: /offline since 20/ },
  'CALL/9200': { provoke: bench => bench.set({ Int: 1 }), names: /device-\d+ has never connected/ },
  'CALL/6208': { provoke: async bench => [await bench.api.call('device.setEnabled', { productKey, deviceName: bench.deviceName, enabled: false }), await bench.set({ Int: 1 })], names: /device-\d+ is disabled/ },
  'CALL/6206': { provoke: async ({ api, deviceName }) => {
    await api.call('product.create', { name: 'bare', productKey: 'a1Bare' })
    await api.call('device.create', { productKey: 'a1Bare', deviceName })
    await api.call('device.invokeService', { productKey: 'a1Bare', deviceName, service: 'Jump' }).catch(() => {})
  }, names: /Jump: the thing model has no service/ },
  'CALL/6207': { provoke: async ({ connect, invoke }) => {
    const client = await connect()
    client.on('message', topic => void client.publish(topic.replace('/request/', '/response/'), 'nonsense'))
    await invoke('Blink', { Times: 1 })
  }, names: /got "nonsense"/ },
  'CALL/6330': { provoke: bench => bench.set({ Long: 1.5 }), names: /Long: 1\.5/ },
  'CALL/6335': { provoke: bench => bench.setAndAnswer(id => JSON.stringify({ id, code: 200, data: { Int: 1 } })), names: /got \{"Int":1\}/ },
  'CALL/5490': { provoke: bench => bench.invoke('motor:Blink'), names: /motor:Blink/ },
  'CALL/5092': { provoke: bench => bench.set({ Nothing: 1 }), names: /Nothing: the thing model has no property/ },
  'CALL/5094': { provoke: bench => bench.invoke('Jump'), names: /Jump: the thing model has no service/ },
  'CALL/5096': { provoke: ({ say, root }) => say(`${root}/thing/event/Fire/post`, '{"id":"1","params":{"value":{}}}'), names: /Fire: the thing model has no event/ },
  'RSP/460': answer(460),
  'RSP/500': answer(500),
  'RSP/400': answer(400),
  'RSP/429': answer(429),
  'RSP/6452': answer(6452),
}
