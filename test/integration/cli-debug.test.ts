import type { JsonObject } from '../../src/shared/json.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { talkingProductKey as product, talkingModel } from '../support/talking-product.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('saves actions, runs them on a device, and shows what was sent to it', async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const { ready } = await startServer(['--workspace', workspace])
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  const file = join(tempFolder(), 'talking.json')
  writeFileSync(file, JSON.stringify(talkingModel))
  await json(['product', 'import', file])
  const [certificate] = await json(['device', 'create', '--product', product, '--name', 'kitchen'])
  const received: JsonObject[] = []
  const { client } = await connectDevice(ready.mqtt, certificate as unknown as { productKey: string, deviceName: string, deviceSecret: string })
  client.on('message', (topic, bytes) => {
    const message = JSON.parse(bytes.toString()) as JsonObject
    received.push(message)
    client.publish(`${topic}_reply`, JSON.stringify({ id: message.id, code: (message.params as JsonObject).Brightness === 300 ? 460 : 200, data: {} }))
  })

  await json(['debug', 'save', product, 'Bright', '{"kind":"set","properties":{"Brightness":80}}'])
  await json(['debug', 'save', product, 'Blinding', '{"kind":"set","properties":{"Brightness":300},"unchecked":true}'])
  await json(['debug', 'save', product, 'Bright', '{"kind":"set","properties":{"Brightness":90}}'])
  expect(await json(['debug', 'actions', product])).toMatchObject([
    { name: 'Bright', content: { kind: 'set', properties: { Brightness: 90 }, unchecked: false } },
    { name: 'Blinding', content: { unchecked: true } },
  ])
  expect(await json(['debug', 'run', product, 'kitchen', 'Bright'])).toMatchObject([{ name: 'Bright', kind: 'set', code: 200 }])
  expect(received[0]!.params).toEqual({ Brightness: 90 })
  const refused = await thingbench(['debug', 'run', product, 'kitchen', 'Blinding', '--workspace', workspace])
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Blinding: 460 after \d+ ms/) as string })
  expect(await json(['device', 'set', product, 'kitchen', 'Brightness=200', '--unchecked'])).toMatchObject([{ code: 200 }])
  expect(await json(['debug', 'history', product, 'kitchen'])).toMatchObject([
    { params: { Brightness: 90 }, state: 'answered', code: 200, unchecked: false },
    { params: { Brightness: 300 }, state: 'answered', code: 460, unchecked: true },
    { params: { Brightness: 200 }, state: 'answered', code: 200, unchecked: true },
  ])
  await json(['debug', 'delete', product, 'Bright'])
  const gone = await thingbench(['debug', 'run', product, 'kitchen', 'Bright', '--workspace', workspace, '--json'])
  expect(JSON.parse(gone.stdout)).toMatchObject({ error: { code: 'debug-action/not-found' } })
  const wrong = await thingbench(['debug', 'save', product, 'Odd', '{"kind":"jump"}', '--workspace', workspace])
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('kind') as string })
}, 180_000)
