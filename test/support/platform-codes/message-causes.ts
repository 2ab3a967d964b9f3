import type { Bench, Causes } from './bench.ts'
import { Buffer } from 'node:buffer'
import { everyTypeProductKey as productKey } from '../every-type-product.ts'
import { goOffline } from './bench.ts'

/** Fills the way to a device that does not read, until a message finds no room. */
async function overfill({ api, connect, deviceName }: Bench): Promise<void> {
  const client = await connect()
  client.stream.pause()
  const payloadBase64 = Buffer.alloc(250_000, 'x').toString('base64')
  for (let sent = 0; sent < 400; sent++) {
    const error = await api.call('device.rrpc', { productKey, deviceName, payloadBase64, timeoutMs: 1 }).catch((thrown: unknown) => thrown)
    if ((error as { details: { platformCode: number } }).details.platformCode === 1901)
      return
  }
}

/** The device breaks off as soon as a command has come, without acknowledging it. */
async function breakOff({ connect, set }: Bench): Promise<void> {
  const client = await connect()
  client.handleMessage = () => void client.stream.destroy()
  await set({ Int: 1 })
}

async function partOfPublish({ connect, root }: Bench): Promise<void> {
  const topic = Buffer.from(`${root}/thing/event/property/post`)
  const client = await connect()
  client.stream.end(Buffer.concat([Buffer.from([0x30, 0xC8, 0x01, 0, topic.length]), topic, Buffer.from('{"id":')]))
}

/** Messages up and down, whatever is in them, and requests for software and configuration. */
export const messageCauses: Causes = {
  'MSG/1901': { provoke: overfill, names: /congested/ },
  'MSG/1902': { provoke: breakOff, names: /broke before the device had acknowledged/ },
  'MSG/1903': { provoke: ({ say, root }) => say(`${root}//post`, '{}'), names: /\/\/post has a wrong form: a level of the topic is empty/ },
  'MSG/1904': { provoke: ({ say, root }) => say(`${root}/thing/service/property/set_reply`, '{"id":"77","code":200,"data":{}}'), names: /with id "77"/ },
  'MSG/1905': { provoke: async ({ connect, invoke }) => [await connect(), await invoke('Blink', { Times: 1 })], names: /did not answer within 0\.1 s/ },
  'MSG/1950': { provoke: partOfPublish, names: /on \/sys\/a1Types\/device-\d+\/thing\/event\/property\/post: \d+ of its 203 bytes/ },
  'MSG/1951': { provoke: async ({ connect, root }) => (await connect()).publish(`${root}/thing/event/property/post`, '{}', { qos: 2 }), names: /QoS 2/ },
  'MSG/9200': { provoke: bench => bench.push(), names: /device-\d+ has never connected/ },
  'MSG/9201': { provoke: async bench => [await goOffline(bench), await bench.push()], names: /device-\d+ is offline since 20/ },
  'MSG/9236': { provoke: ({ say }) => say('/sys/a1Types/other/thing/event/property/post', '{}'), names: /may not publish on \/sys\/a1Types\/other/ },
  'MSG/9321': { provoke: async ({ api, deviceName }) => api.call('device.rrpc', { productKey, deviceName, payloadBase64: '', topic: '/a//b' }).catch(() => {}), names: /got \/a\/\/b: a level of the topic is empty/ },
  'MSG/9320': { provoke: ({ say, root }) => say(`${root}/thing/event/property/post`, Buffer.alloc(262_145)), names: /longer than the 262144 bytes/ },
  'MSG/6831': { provoke: ({ say, root }) => say(`${root}/thing/events/property/post`, '{}'), names: /no topic \/sys\/a1Types\/device-\d+\/thing\/events\/property\/post/ },
  'MSG/1004': { provoke: ({ say, deviceName }) => say(`/ota/device/inform/${productKey}/${deviceName}`, '{"id":"1","params":{"version":"2 .1"}}'), names: /"version" of 1 to 64.*got "2 \.1"/ },
  'CFG/6710': {
    async provoke({ api, say, root }) {
      await api.call('remoteConfig.setEnabled', { productKey, enabled: true })
      await say(`${root}/thing/config/get`, '{"id":"1","params":{"configScope":"product","getType":"file"}}')
      await api.call('remoteConfig.setEnabled', { productKey, enabled: false })
    },
    names: /configuration of product a1Types has been saved/,
  },
  'CFG/6713': { provoke: ({ say, root }) => say(`${root}/thing/config/get`, '{"id":"1","params":{"configScope":"product","getType":"file"}}'), names: /product a1Types/i },
}
