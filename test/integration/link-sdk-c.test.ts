import type { IPublishPacket } from 'mqtt-packet'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { RawClient } from '../support/raw-client.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openRaw } from '../support/raw-client.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const deviceName = 'lamp-0001'
const identity = { productKey, deviceName }
const root = `/sys/${productKey}/${deviceName}`

/** The CONNECT as the SDKs for C write it: one buffer with the five fields, and the signature in upper-case hexadecimal. */
function connectBytes({ deviceSecret }: DeviceCertificate, parameters: string, { clean, keepaliveSec }: { clean: boolean, keepaliveSec: number }): Buffer {
  const content = `clientId${productKey}.${deviceName}deviceName${deviceName}productKey${productKey}timestamp2524608000000`
  const fields = [
    `${productKey}.${deviceName}|${parameters}|`,
    `${deviceName}&${productKey}`,
    createHmac('sha256', deviceSecret).update(content).digest('hex').toUpperCase(),
  ].map((text) => {
    const bytes = Buffer.from(text)
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xFF]), bytes])
  })
  const body = Buffer.concat([Buffer.from([0, 4, 0x4D, 0x51, 0x54, 0x54, 4, clean ? 0xC2 : 0xC0, keepaliveSec >> 8, keepaliveSec & 0xFF]), ...fields])
  return Buffer.concat([Buffer.from([0x10, body.length & 0x7F | 0x80, body.length >> 7]), body])
}

const version3 = 'timestamp=2524608000000,_v=sdk-c-3.0.1,securemode=3,signmethod=hmacsha256,lan=C,gw=0,ext=0'
const version4 = 'timestamp=2524608000000,_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,_conn=tcp_0'

interface Bench extends TestEngine { client: RawClient }

async function start(parameters: string, login: { clean: boolean, keepaliveSec: number }, settings: { strict: boolean } = { strict: false }): Promise<Bench> {
  const first = await startEngine()
  await first.api.call('settings.set', { name: 'platform.strictSubscriptions', value: settings.strict })
  const certificate = await makeTalkingDevice(first.api)
  await first.close()
  const bench = await startEngine({ workspaceDir: first.dir })
  const client = await openRaw(bench.mqtt.port)
  client.write(connectBytes(certificate, parameters, login))
  expect(await client.next('connack')).toMatchObject({ returnCode: 0, sessionPresent: false })
  return { ...bench, client }
}

/** Everything a C client does not ask for is off: no subscription is sent, and strict subscriptions are on. */
const startVersion4 = () => start(version4, { clean: true, keepaliveSec: 1200 }, { strict: true })

function publish(client: RawClient, topic: string, payload: string, qos: 0 | 1 = 0): void {
  client.send({ cmd: 'publish', topic, payload, qos, ...(qos === 1 && { messageId: 7 }), dup: false, retain: false })
}

function textOf({ topic, payload }: IPublishPacket): [string, string] {
  return [topic, payload.toString()]
}

/** Sends with QoS 0 and gives the next message that comes. */
async function ask(client: RawClient, topic: string, payload: string): Promise<[string, string]> {
  publish(client, topic, payload)
  return textOf(await client.next('publish'))
}

describe('Link SDK for C 4, which never subscribes', () => {
  it('reports without a method and with sys.ack, and gets replies it can search in: compact, code first, id as it was', async () => {
    const { api, client } = await startVersion4()
    expect(await ask(client, `${root}/thing/event/property/post`, '{"id":"1","version":"1.0","params":{"Brightness":42},"sys":{"ack":1}}')).toEqual([`${root}/thing/event/property/post_reply`, '{"code":200,"data":{},"id":"1","message":"success","method":"thing.event.property.post","version":"1.0"}'])
    expect(await ask(client, `${root}/thing/event/Overheat/post`, '{"id":"2","version":"1.0","params":{"Temp":93.5},"sys":{"ack":1}}')).toEqual([`${root}/thing/event/Overheat/post_reply`, '{"code":200,"data":{},"id":"2","message":"success","method":"thing.event.Overheat.post","version":"1.0"}'])
    publish(client, `${root}/thing/event/property/post`, '{"id":"3","version":"1.0","params":{"Brightness":43},"sys":{"ack":0}}')
    expect(await client.settled()).toEqual([])
    expect((await api.call('device.get', identity)).properties.Brightness?.value).toBe(43)
  })

  it('is set properties and answers with empty data', async () => {
    const { api, client } = await startVersion4()
    const setting = api.call('device.setProperties', { ...identity, properties: { Brightness: 80 } })
    const [topic, text] = textOf(await client.next('publish'))
    expect(topic).toBe(`${root}/thing/service/property/set`)
    const id = /"id":"(\d+)"/.exec(text)![1]!
    expect(text).toContain('"params":{"Brightness":80}')
    publish(client, `${topic}_reply`, `{"id":"${id}","code":200,"data":{}}`)
    expect(await setting).toMatchObject({ code: 200 })
  })

  it('is called synchronously over /ext/rrpc and asynchronously on the topic of the service, unasked', async () => {
    const { api, client } = await startVersion4()
    const calling = api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })
    const [topic, text] = textOf(await client.next('publish'))
    expect(topic).toMatch(new RegExp(`^/ext/rrpc/\\d+${root}/thing/service/Blink$`))
    publish(client, topic, `{"id":"${/"id":"(\d+)"/.exec(text)![1]}","code":200,"data":{"Done":1}}`)
    expect(await calling).toMatchObject({ code: 200, data: { Done: 1 } })

    await api.call('device.invokeService', { ...identity, service: 'Prime', input: { Speed: 2 } })
    const [asyncTopic, command] = textOf(await client.next('publish'))
    expect([asyncTopic, command]).toEqual([`${root}/thing/service/Prime`, expect.stringMatching(/"params":\{"Speed":2\.0\}/)])
    publish(client, `${asyncTopic}_reply`, `{"id":"${/"id":"(\d+)"/.exec(command)![1]}","code":200,"data":{"Took":5}}`)
    await waitFor(async () => (await api.call('serviceCall.list', identity)).calls[0]?.code === 200)
  })

  it('asks for its log switch, tags, time, desired values and shadow and is answered each time', async () => {
    const { client } = await startVersion4()
    expect(await ask(client, `${root}/thing/config/log/get`, '{"id":"1","version":"1.0","params":{"configScope":"device","getType":"content"}}')).toEqual([`${root}/thing/config/log/get_reply`, expect.stringContaining('"content":{"mode":0}')])
    expect(await ask(client, `${root}/thing/deviceinfo/update`, '{"id":"2","version":"1.0","params":[{"attrKey":"k","attrValue":"v"}],"sys":{"ack":1}}')).toEqual([`${root}/thing/deviceinfo/update_reply`, '{"code":200,"data":{},"id":"2","message":"success","method":"thing.deviceinfo.update","version":"1.0"}'])
    expect(await ask(client, `/ext/ntp/${productKey}/${deviceName}/request`, '{"deviceSendTime":"1234"}')).toEqual([`/ext/ntp/${productKey}/${deviceName}/response`, expect.stringMatching(/^\{"deviceSendTime":"1234","serverRecvTime":"\d{13}","serverSendTime":"\d{13}"\}$/)])
    expect(await ask(client, `${root}/thing/property/desired/get`, '{"id":"3","version":"1.0","params":["Brightness"],"sys":{"ack":1}}')).toEqual([`${root}/thing/property/desired/get_reply`, expect.stringContaining('"code":200')])
    expect(await ask(client, `/shadow/update/${productKey}/${deviceName}`, '{"method":"update","state":{"reported":{"LightSwitch":1}},"version":0}')).toEqual([`/shadow/get/${productKey}/${deviceName}`, expect.stringContaining('"status":"success"')])
  })

  it('takes its time format in logs that it may send, and its own network entries', async () => {
    const { api, client } = await startVersion4()
    await api.call('deviceLog.setEnabled', { ...identity, enabled: true })
    const [topic, text] = textOf(await client.next('publish'))
    expect([topic, text]).toEqual([`${root}/thing/config/log/push`, expect.stringContaining('"mode":1')])
    expect(await ask(client, `${root}/thing/log/post`, '{"id":"4","version":"1.0","sys":{"ack":1},"params":[{"utcTime":"2026/11/21 10:39:8","logLevel":"INFO","module":"net_conn","code":"0","traceContext":"0","logContent":"time=1795257546000^conn_type=2^conn_cost=12^conn_ret=0"}]}')).toEqual([`${root}/thing/log/post_reply`, expect.stringContaining('"code":200')])
    await waitFor(async () => (await api.call('deviceLog.page', { ...identity, limit: 5 })).lines.length === 1)
  })

  it('sends JSON that is none and a number for an id, and stays connected', async () => {
    const { api, client } = await startVersion4()
    publish(client, `${root}/thing/file/download`, '{"id":"180","version":"1.0","params":{"fileToken":"default","fileInfo":{"streamId":14267,"fileId":1,},"fileBlock":{"size":5120,"offset":0}}}')
    publish(client, `/ota/device/inform/${productKey}/${deviceName}`, '{"id":1, "params":{"version":"1.0.1"}}', 1)
    publish(client, `${root}/thing/topo/get`, '{"id":"5","version":"1.0","params":"{}"}')
    await waitFor(() => client.packets.some(packet => packet.cmd === 'puback'))
    expect(await api.call('device.get', identity)).toMatchObject({ state: 'ONLINE', connection: { keepaliveSec: 1200 } })
    await client.settled()
  })
})

/** What version 3 subscribes to about 100 ms apart, as far as it concerns a device that is no gateway. */
const version3Filters = ['thing/event/+/post_reply', 'thing/service/property/set', 'thing/service/+', 'thing/deviceinfo/update_reply', 'thing/deviceinfo/delete_reply', 'thing/dsltemplate/get_reply', 'thing/dynamicTsl/get_reply', 'rrpc/request/+', 'thing/config/get_reply', 'thing/config/push'].map(path => `${root}/${path}`)

describe('Link SDK for C 3', () => {
  const startVersion3 = () => start(version3, { clean: false, keepaliveSec: 60 })

  it('reports tags before it subscribes, then subscribes one by one, and gets every reply once', async () => {
    const { api, client } = await startVersion3()
    publish(client, `${root}/thing/deviceinfo/update`, '{"id":"0","version":"1.0","params":[{"attrKey":"SYS_LP_SDK_VERSION","attrValue":"3.0.1","domain":"SYSTEM"},{"attrKey":"SYS_SDK_LANGUAGE","attrValue":"C","domain":"SYSTEM"}],"method":"thing.deviceinfo.update"}', 1)
    await client.next('puback')
    expect(textOf(await client.next('publish'))).toEqual([`${root}/thing/deviceinfo/update_reply`, expect.stringContaining('"id":"0"')])
    for (const [index, topic] of version3Filters.entries()) {
      client.send({ cmd: 'subscribe', messageId: index + 1, subscriptions: [{ topic, qos: index % 2 as 0 | 1 }] })
      expect((await client.next('suback')).granted).toEqual([index % 2])
    }
    expect(await ask(client, `${root}/thing/event/property/post`, '{"id":"1","version":"1.0","params":{"Brightness":1},"method":"thing.event.property.post"}')).toEqual([`${root}/thing/event/property/post_reply`, expect.stringContaining('"id":"1"')])
    expect(await client.settled()).toEqual([])
    expect((await api.call('tag.list', identity)).tags).toHaveLength(2)
  })

  it('writes ids as numbers and with blanks, and gets them back as numbers', async () => {
    const { client } = await startVersion3()
    expect((await ask(client, `${root}/thing/dsltemplate/get`, '{"id" : 5, "version" : "1.0", "params" : {}, "method" : "thing.dsltemplate.get"}'))[1]).toMatch(/"id":5,/)
    expect((await ask(client, `${root}/thing/event/property/post`, '{"id": 4294967295 ,"version":"1.0","params":{"Brightness":1}}'))[1]).toContain('"id":4294967295,')
  })

  it('is called synchronously on the RRPC topic of the system and answers there', async () => {
    const { api, client } = await startVersion3()
    const calling = api.call('device.invokeService', { ...identity, service: 'Blink', input: { Times: 3 } })
    const [topic, text] = textOf(await client.next('publish'))
    expect(topic).toMatch(new RegExp(`^${root}/rrpc/request/\\d+$`))
    expect(text).toContain('"method":"thing.service.Blink"')
    publish(client, topic.replace('/request/', '/response/'), `{"id":"${/"id":"(\d+)"/.exec(text)![1]}","code":200,"data":{"Done":1}}`)
    expect(await calling).toMatchObject({ code: 200, data: { Done: 1 } })
  })

  it('answers a set without braces around its JSON, and is understood', async () => {
    const { api, client } = await startVersion3()
    const setting = api.call('device.setProperties', { ...identity, properties: { Brightness: 8 } })
    const [topic, text] = textOf(await client.next('publish'))
    publish(client, `${topic}_reply`, `"id":"${/"id":"(\d+)"/.exec(text)![1]}","code":200,"data":{}`)
    expect(await setting).toMatchObject({ code: 200 })
  })
})
