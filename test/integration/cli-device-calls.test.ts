import type { JsonObject } from '../../src/shared/json.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { talkingModel, talkingProductKey } from '../support/talking-product.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 60_000
const device = [talkingProductKey, 'kitchen']

function makeWorkspace(): string {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  return workspace
}

async function makeDevice(workspace: string): Promise<{ productKey: string, deviceName: string, deviceSecret: string }> {
  const file = join(tempFolder(), 'talking.json')
  writeFileSync(file, JSON.stringify(talkingModel))
  await thingbenchJson(['product', 'import', file, '--workspace', workspace])
  const [made] = await thingbenchJson(['device', 'create', '--product', talkingProductKey, '--name', 'kitchen', '--workspace', workspace])
  return made as unknown as { productKey: string, deviceName: string, deviceSecret: string }
}

it('sets properties, calls services and keeps desired values through the engine that runs', async () => {
  const workspace = makeWorkspace()
  const { ready } = await startServer(['--workspace', workspace])
  const { client } = await connectDevice(ready.mqtt, await makeDevice(workspace))
  const received: JsonObject[] = []
  client.on('message', (topic, bytes) => {
    const message = JSON.parse(bytes.toString()) as JsonObject
    received.push(message)
    const isRefused = (message.params as JsonObject).Brightness === 13
    const data = message.method === 'thing.service.Blink' ? { Done: 1 } : {}
    client.publish(topic.includes('/rrpc/') ? topic.replace('/request/', '/response/') : `${topic}_reply`, JSON.stringify({ id: message.id, code: isRefused ? 100_013 : 200, data }))
  })
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])

  expect(await json(['device', 'set', ...device, 'Brightness=80', 'Label=42', 'Serial=9007199254740993'])).toMatchObject([{ code: 200, message: 'success', data: {} }])
  expect(received[0]!.params).toMatchObject({ Brightness: 80, Label: '42' })
  expect(await json(['device', 'set', ...device, '{"Level":3.5}'])).toMatchObject([{ code: 200 }])
  expect(await json(['device', 'set', ...device, 'Level=1', '--timeout', '0'])).toMatchObject([{ code: null }])
  expect(await json(['device', 'invoke', ...device, 'Blink', '{"Times":3}', '--timeout', '8'])).toMatchObject([{ code: 200, data: { Done: 1 } }])
  expect(await json(['device', 'invoke', ...device, 'Prime', '{"Speed":3}'])).toMatchObject([{ code: null }])

  const refused = await thingbench(['device', 'set', ...device, 'Brightness=13', '--workspace', workspace])
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/^kitchen answered 100013 after \d+ ms: \{\}\n$/) as string, stderr: expect.stringContaining('100013') as string })
  const wrong = await thingbench(['device', 'set', ...device, 'Brightness=101', '--workspace', workspace, '--json'])
  expect(wrong.code).toBe(1)
  expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'model/refused', details: { platformCode: 6306 } } })

  await json(['device', 'desired', ...device, 'Brightness=20', 'Label=hall'])
  await waitFor(() => received.some(message => (message.params as JsonObject).Label === 'hall'))
  expect(await json(['device', 'desired', ...device, 'Label='])).toMatchObject([
    { property: 'Brightness', value: 20, version: 1 },
    { property: 'Label', value: null, version: 2 },
  ])
}, timeout)

it('says why without an engine: the device never connected; desired values can be set all the same', async () => {
  const workspace = makeWorkspace()
  await makeDevice(workspace)
  const set = await thingbench(['device', 'set', ...device, 'Brightness=80', '--workspace', workspace, '--json'])
  expect(set.code).toBe(1)
  expect(JSON.parse(set.stdout)).toMatchObject({ error: { code: 'device/unreachable', details: { platformCode: 9200 } } })
  expect(set.stderr).toBe('kitchen has never connected; it takes commands once it has (9200).\n')
  const desired = await thingbench(['device', 'desired', ...device, 'Brightness=80', '--workspace', workspace])
  expect(desired).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Brightness {2}80 {2}\(version 1, /) as string, stderr: 'kitchen gets them when it asks.\n' })
}, timeout)

it.each([
  [['device', 'set', ...device], 'NAME=VALUE'],
  [['device', 'set', ...device, 'Brightness'], 'Expected NAME=VALUE'],
  [['device', 'set', ...device, '{"Brightness":'], 'Expected a JSON object'],
  [['device', 'invoke', ...device, 'Blink', '[]'], 'Expected a JSON object'],
  [['device', 'set', ...device, 'Brightness=1', '--timeout', 'long'], '--timeout'],
])('ends with 2 for %j', async (args, words) => {
  const workspace = makeWorkspace()
  await makeDevice(workspace)
  const { code, stderr } = await thingbench([...args, '--workspace', workspace])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) as string })
}, timeout)

it('lists when a device was connected and when it was refused, and what versions it had', async () => {
  const workspace = makeWorkspace()
  const { ready } = await startServer(['--workspace', workspace])
  const certificate = await makeDevice(workspace)
  const { client } = await connectDevice(ready.mqtt, certificate)
  for (const version of ['1.0', '1.1'])
    await client.publishAsync(`/ota/device/inform/${talkingProductKey}/kitchen`, JSON.stringify({ id: '1', params: { version } }), { qos: 1 })
  await client.endAsync()
  const run = (...args: string[]) => [...args, '--workspace', workspace]
  const [connection] = await waitFor(async () => {
    const listed = await thingbenchJson(run('device', 'connections', ...device))
    return listed[0]?.endedAt !== null && listed
  })
  expect(connection).toMatchObject({ kind: 'session', code: 200, transport: 'tcp', gateway: null })
  expect((await thingbench(run('device', 'connections', ...device, '--last', '1'))).stdout).toMatch(/^connected {2}\S+Z to \S+Z {2}tcp 127\.0\.0\.1\S* {2}\S+ {2}200 .+\n$/)
  const versions = await thingbenchJson(run('device', 'versions', ...device))
  expect(versions.map(({ module, version }) => [module, version])).toContainEqual(['default', '1.1'])
  expect((await thingbench(run('device', 'versions', ...device))).stdout).toMatch(/^\S+Z {2}default {2}1\.1\n/)
}, timeout)
