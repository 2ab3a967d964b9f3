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
