import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 120_000

it('groups devices, opens topics and sends on them through the engine that runs', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { ready } = await startServer(['--workspace', workspace])
  const run = (...args: string[]) => thingbench([...args, '--workspace', workspace])
  const json = (...args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  await json('product', 'import', writeCounterModel(tempFolder()))
  const [certificate] = await json('device', 'create', '--product', counterProductKey, '--name', 'meter') as unknown as { productKey: string, deviceName: string, deviceSecret: string }[]
  const meter = `${counterProductKey}/meter`

  await json('group', 'create', 'House')
  expect(await json('group', 'create', 'Floor3', '--parent', 'House', '--about', 'Upstairs')).toMatchObject([{ name: 'Floor3', description: 'Upstairs' }])
  await json('group', 'create', 'Meters', '--query', 'name like "meter%"')
  expect((await run('group', 'add', 'Floor3', meter)).stdout).toBe('Put 1 devices into Floor3; 0 were in it already.\n')
  expect(await run('group', 'add', 'Floor3', `${counterProductKey}/nobody`)).toMatchObject({ code: 1, stderr: `There is no device ${counterProductKey}/nobody.\n` })
  expect(await json('group', 'devices', 'House', '--sub-groups')).toMatchObject([{ deviceName: 'meter' }])
  expect((await run('group', 'devices', 'Meters')).stdout).toBe(`${counterProductKey}  meter  UNACTIVE\n`)
  expect((await run('group', 'list')).stdout).toMatch(/^\w{16} {2}Floor3: 1 devices in House \(Upstairs\)\n\w{16} {2}House: 0 devices\n\w{16} {2}Meters: the devices with name like "meter%"\n$/)
  expect(await json('group', 'remove', 'Floor3', meter)).toEqual([{ removed: 1 }])
  expect(await run('group', 'remove', 'Floor3', 'meter')).toMatchObject({ code: 2, stderr: 'Expected a device as PRODUCT_KEY/DEVICE_NAME, got "meter".\n' })
  expect(await json('group', 'delete', 'Floor3')).toEqual([{ group: 'Floor3', deleted: true }])

  expect((await run('product', 'topic', 'add', counterProductKey, 'user/lamp/+', '--allow', 'ALL')).stdout).toBe(`ALL  /${counterProductKey}/\${deviceName}/user/lamp/+\n`)
  expect(await json('product', 'topic', 'list', counterProductKey)).toMatchObject([{ shortName: 'user/update' }, { shortName: 'user/update/error' }, { shortName: 'user/get' }, { shortName: 'user/lamp/+', operation: 'ALL' }])
  expect(await run('product', 'topic', 'remove', counterProductKey, 'nothing')).toMatchObject({ code: 1, stderr: expect.stringContaining('it has user/update, user/update/error, user/get, user/lamp/+') as string })

  const { client } = await connectDevice(ready.mqtt, certificate!)
  const received: string[] = []
  client.on('message', (topic, payload) => received.push(`${topic} ${payload.toString('hex')}`))
  await client.subscribeAsync(`/${counterProductKey}/meter/user/lamp/+`)
  expect((await run('device', 'publish', counterProductKey, 'meter', 'user/lamp/1', 'AP8=', '--base64')).stdout).toMatch(/^Sent to meter with id \d+\.\n$/)
  expect(await run('device', 'publish', counterProductKey, 'meter', 'user/get', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('not subscribed') as string })
  expect(await json('broadcast', counterProductKey, 'hi')).toMatchObject([{ deviceCount: 1, reachedCount: 1 }])
  await waitFor(() => received.length === 2)
  expect(received[0]).toBe(`/${counterProductKey}/meter/user/lamp/1 00ff`)
  expect(received[1]).toMatch(/\/broadcast\/request\/\d+ 6869$/)
  expect(await json('product', 'topic', 'remove', counterProductKey, 'user/lamp/+')).toMatchObject([{ deleted: true }])
}, timeout)
