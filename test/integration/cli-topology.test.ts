import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

it('makes products of each node type and puts devices under a gateway, lists and removes them, and tells the gateway', async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const { ready } = await startServer(['--workspace', workspace])
  const json = (...args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  expect(await json('product', 'create', '--name', 'Gateway', '--product-key', 'a1Gate', '--node-type', 'gateway')).toMatchObject([{ productKey: 'a1Gate', nodeType: 'gateway' }])
  await json('product', 'create', '--name', 'Meter', '--product-key', 'a1Meter')
  const [hall] = await json('device', 'create', '--product', 'a1Gate', '--name', 'hall') as unknown as [Parameters<typeof connectDevice>[1]]
  await json('device', 'create', '--product', 'a1Meter', '--name', 'meter', '--count', '2')
  const add = ['topology', 'add', 'a1Gate', 'hall', 'a1Meter/meter-1', 'a1Meter/meter-2']
  const refused = await thingbench([...add, '--workspace', workspace])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('thingbench product update a1Meter --node-type sub-device') as string })
  await json('product', 'update', 'a1Meter', '--node-type', 'sub-device')
  expect(await json(...add)).toEqual([{ added: 2, messageId: null }])

  const { client } = await connectDevice(ready.mqtt, hall)
  const received: string[] = []
  client.on('message', topic => received.push(topic))
  expect(await json('topology', 'list', 'a1Gate', 'hall')).toMatchObject([{ deviceName: 'meter-1', state: 'UNACTIVE' }, { deviceName: 'meter-2' }])
  expect(await json('topology', 'list', 'a1Meter', 'meter-1')).toMatchObject([{ gateway: { productKey: 'a1Gate', deviceName: 'hall', state: 'ONLINE' } }])
  expect(await json('device', 'show', 'a1Meter', 'meter-1')).toMatchObject([{ gateway: { deviceName: 'hall' } }])
  expect(await json('topology', 'remove', 'a1Meter/meter-1')).toEqual([{ removed: 1 }])
  expect(await json('topology', 'notify', 'a1Gate', 'hall', 'a1Meter/meter-1')).toMatchObject([{ messageId: expect.stringMatching(/^\d+$/) as string }])
  expect(await json('topology', 'permit', 'a1Gate', 'hall', '--product', 'a1Meter')).toMatchObject([{ messageId: expect.stringMatching(/^\d+$/) as string }])
  await waitFor(() => received.length === 3)
  expect(received).toEqual(['/sys/a1Gate/hall/thing/topo/change', '/sys/a1Gate/hall/thing/topo/add/notify', '/sys/a1Gate/hall/thing/gateway/permit'])
  const wrong = await thingbench(['topology', 'remove', 'meter-1', '--workspace', workspace])
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('PRODUCT_KEY/DEVICE_NAME') as string })
}, 60_000)
