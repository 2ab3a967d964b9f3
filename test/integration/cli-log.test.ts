import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { talkingModel, talkingProductKey } from '../support/talking-product.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('searches the platform\'s log and the devices\' own by the conditions of the console', async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const file = join(tempFolder(), 'talking.json')
  writeFileSync(file, JSON.stringify(talkingModel))
  await thingbenchJson(['product', 'import', file, '--workspace', workspace])
  const [made] = await thingbenchJson(['device', 'create', '--product', talkingProductKey, '--name', 'kitchen', '--workspace', workspace])
  const { ready } = await startServer(['--workspace', workspace])
  const { client, post } = await connectDevice(ready.mqtt, made as unknown as { productKey: string, deviceName: string, deviceSecret: string })
  await post({ Brightness: 7 })
  await post({ Brightness: 101 })
  const json = (args: string[]) => thingbenchJson(['log', ...args, '--workspace', workspace])

  const [failed] = await json(['--device', 'kitchen', '--state', 'failed'])
  expect(failed).toMatchObject({ bizCode: 'ThingModel', operation: 'check', code: 6306, content: { Message: 'Brightness: 101 is above the maximum 100 that the thing model allows (6306).' } })
  const chain = await json(['--trace', (failed as { traceId: string }).traceId]) as { bizCode: string }[]
  expect(chain.map(({ bizCode }) => bizCode).slice(0, 2)).toEqual(['uplink', 'ThingModel'])
  expect(await json(['--product', talkingProductKey, '--type', 'uplink', '--keyword', '"Brightness":7', '--operation', 'property/post', '--from', '2020-01-01', '--last', '5'])).toMatchObject([{ bizCode: 'uplink' }])
  const readable = await thingbench(['log', '--type', 'ThingModel', '--last', '1', '--workspace', workspace])
  expect(readable.stdout).toMatch(/^\d{4}-\S+Z {2}[0-9a-f]{16} {2}kitchen {2}ThingModel {2}check {2}6306\n {2}Brightness: 101 is above.*\n {2}\{"Params":\{"Brightness":101\}\}\n$/)

  const trace = (args: string[]) => thingbenchJson(['trace', ...args, '--workspace', workspace]) as Promise<{ topic: string, code: number, payload: string }[]>
  expect((await trace(['--trace', (failed as { traceId: string }).traceId])).map(({ topic }) => topic.split('/').at(-1))).toEqual(['post', 'post_reply'])
  expect(await trace(['--code', 'failed', '--topic', 'property/post', '--product', talkingProductKey])).toMatchObject([{ code: 6306 }])
  expect(await trace(['--text', 'brightness":7', '--from', '2020-01-01'])).toMatchObject([{ payload: expect.stringContaining('"Brightness":7') as string }])
  expect(await trace(['--message', String((failed as { rowId: number }).rowId)])).toMatchObject([{ code: 6306 }])
  expect(await trace(['--lag', '600000'])).toEqual([])
  expect((await trace(['answered:no', 'dir:up', 'topic:property/post']))).toEqual([])
  const watched = await thingbench(['trace', '--text', 'nowhere in it', '--progress', '--workspace', workspace])
  expect(watched).toMatchObject({ code: 0, stdout: '' })
  const newest = await thingbench(['trace', '--last', '1', '--progress', '--workspace', workspace])
  expect(newest.stderr).toMatch(/These are the newest 1; what is older has not been looked at\. --last shows more\.\n$/)
  expect(await thingbench(['trace', 'answered:yes', '--workspace', workspace])).toMatchObject({ code: 2, stderr: expect.stringContaining('answered: expected no, got "yes"') as string })
  expect(await json(['--lag', '600000'])).toEqual([])

  await thingbenchJson(['log', '--local', '--workspace', workspace])
  const bad = await thingbench(['log', '--local', '--state', 'failed', '--workspace', workspace])
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('--state does not go with --local') as string })
  expect(await thingbench(['log', '--level', 'WARN', '--workspace', workspace])).toMatchObject({ code: 2 })
  expect(await thingbench(['log', '--from', 'yesterday', '--workspace', workspace])).toMatchObject({ code: 2, stderr: expect.stringContaining('epoch milliseconds') as string })
  await client.endAsync(true)
}, 60_000)
