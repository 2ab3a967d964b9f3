import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { talkingModel, talkingProductKey } from '../support/talking-product.ts'
import { tempFolder } from '../support/temp-folder.ts'

const timeout = 120_000
const device = [talkingProductKey, 'kitchen']

it('is a device from the command line: starts, reports, publishes, sends by itself, is listed and stops', { timeout }, async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  await startServer(['--workspace', workspace])
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  const file = join(tempFolder(), 'talking.json')
  writeFileSync(file, JSON.stringify(talkingModel))
  await json(['product', 'import', file])
  await json(['device', 'create', '--product', talkingProductKey, '--name', 'kitchen'])

  expect(await json(['seat', 'start', ...device])).toMatchObject([{ state: 'online' }])
  expect(await json(['seat', 'post', ...device, 'Brightness=40', 'Label=7'])).toMatchObject([{ reply: { code: 200 } }])
  expect(await json(['seat', 'event', ...device, 'Overheat', '{"Temp":90}', '--qos', '0'])).toMatchObject([{ reply: { code: 200 }, acknowledgedMs: null }])
  expect(await json(['seat', 'publish', ...device, 'user/update', '00 ff', '--hex'])).toMatchObject([{ topic: `/${talkingProductKey}/kitchen/user/update`, reply: null }])
  expect(await json(['seat', 'push', ...device, '{"kind":"properties","behaviours":{"Level":{"kind":"random"}}}', '--every', '0.5'])).toMatchObject([{ state: 'running', beyondCloud: ['interval', 'span'] }])
  expect(await json(['seat', 'list'])).toMatchObject([{ deviceName: 'kitchen', state: 'online', policies: 1, takenBy: null }])

  const refused = await thingbench(['seat', 'post', ...device, 'Brightness=101', '--workspace', workspace])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was sent') as string })
  expect(await thingbench(['seat', 'publish', ...device, 'user/update', 'xyz', '--hex', '--workspace', workspace])).toMatchObject({ code: 2 })
  expect(await thingbench(['seat', 'push', ...device, '{}', '--workspace', workspace])).toMatchObject({ code: 2 })
  expect(await json(['seat', 'stop', ...device])).toMatchObject([{ state: 'stopped' }])
})

it('receives, and answers requests by hand from the command line', { timeout: 240_000 }, async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  await startServer(['--workspace', workspace])
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  const file = join(tempFolder(), 'talking.json')
  writeFileSync(file, JSON.stringify(talkingModel))
  await json(['product', 'import', file])
  await json(['device', 'create', '--product', talkingProductKey, '--name', 'kitchen'])
  await json(['seat', 'start', ...device])

  expect(await json(['seat', 'subscribe', ...device, 'user/get'])).toEqual([{ filter: `/${talkingProductKey}/kitchen/user/get`, granted: 1 }])
  await json(['device', 'publish', ...device, 'user/get', 'hello'])
  expect(await json(['seat', 'inbox', ...device])).toMatchObject([{ topic: `/${talkingProductKey}/kitchen/user/get`, payloadBase64: Buffer.from('hello').toString('base64'), requestNo: null }])
  await json(['seat', 'unsubscribe', ...device, 'user/get'])
  expect(await thingbench(['seat', 'unsubscribe', ...device, 'user/get', '--workspace', workspace])).toMatchObject({ code: 1, stderr: expect.stringContaining('has not subscribed') as string })

  expect(await json(['seat', 'answers', ...device, '--mode', 'by-hand', '--refuse-code', '5001', 'Blink={"Done":1}', 'Prime=460'])).toEqual([{ mode: 'by-hand', refuseCode: 5001, services: { Blink: { code: 200, data: { Done: 1 } }, Prime: { code: 460, data: {} } }, returns: false }])
  expect(await json(['seat', 'answers', ...device, 'Prime=', '--returns', 'yes'])).toMatchObject([{ mode: 'by-hand', services: { Blink: { code: 200 } }, returns: true }])
  // Nobody waits for the answer of an asynchronous service.
  for (let at = 0; at < 3; at++)
    await json(['device', 'invoke', ...device, 'Prime', '{"Speed":7}'])
  const waiting = await json(['seat', 'requests', ...device])
  expect(waiting).toMatchObject(Array.from({ length: 3 }, () => ({ kind: 'service', service: 'Prime', params: { Speed: 7 }, state: 'pending' })))
  const [first, second, third] = waiting.map(({ requestNo }) => String(requestNo))
  expect(await json(['seat', 'answer', ...device, first!, '{"Took":12}'])).toMatchObject([{ state: 'answered', answer: { code: 200, data: { Took: 12 } } }])
  expect(await json(['seat', 'refuse', ...device, second!])).toMatchObject([{ state: 'answered', answer: { code: 5001 } }])
  expect(await json(['seat', 'leave', ...device, third!])).toMatchObject([{ state: 'left', answer: null }])
  expect(await json(['seat', 'requests', ...device])).toEqual([])
  const { stdout } = await thingbench(['seat', 'requests', ...device, '--all', '--workspace', workspace])
  expect(stdout.split('\n').slice(0, 3).map(line => line.replace(/^\d+ {2}\S+ {2}/, ''))).toEqual(['service Prime  {"Speed":7}  answered with 200', 'service Prime  {"Speed":7}  answered with 5001', 'service Prime  {"Speed":7}  left'])
  expect(await thingbench(['seat', 'answer', ...device, 'first', '--workspace', workspace])).toMatchObject({ code: 2, stderr: expect.stringContaining('number of a request') as string })
  expect(await thingbench(['seat', 'answers', ...device, 'Blink=no', '--workspace', workspace])).toMatchObject({ code: 2 })
})

it('says that a server has to run to be a device', { timeout }, async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  const file = join(tempFolder(), 'talking.json')
  writeFileSync(file, JSON.stringify(talkingModel))
  await json(['product', 'import', file])
  await json(['device', 'create', '--product', talkingProductKey, '--name', 'kitchen'])
  expect(await thingbench(['seat', 'start', ...device, '--workspace', workspace])).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing listens for devices') as string })
})
