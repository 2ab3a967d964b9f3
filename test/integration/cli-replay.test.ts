import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { talkingModel, talkingProductKey } from '../support/talking-product.ts'
import { tempFolder } from '../support/temp-folder.ts'

const timeout = 180_000
const kitchen = `${talkingProductKey}/kitchen`

it('plays what a workspace keeps, and a file, as the recorded device and as new ones', { timeout }, async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  await startServer(['--workspace', workspace])
  const json = (args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  const model = join(tempFolder(), 'talking.json')
  writeFileSync(model, JSON.stringify(talkingModel))
  await json(['product', 'import', model])
  await json(['device', 'create', '--product', talkingProductKey, '--name', 'kitchen'])
  await json(['seat', 'start', talkingProductKey, 'kitchen'])
  await json(['seat', 'post', talkingProductKey, 'kitchen', 'Brightness=40'])
  await json(['seat', 'post', talkingProductKey, 'kitchen', 'Brightness=101', '--anyway'])

  const occupied = await thingbench(['replay', '--device', kitchen, '--last', '1h', '--workspace', workspace])
  expect(occupied).toMatchObject({ code: 1, stderr: expect.stringContaining('is simulated from the console') as string })
  await json(['seat', 'stop', talkingProductKey, 'kitchen'])
  expect(await json(['replay', '--device', kitchen, '--last', '1h', '--speed', '100'])).toMatchObject([{ state: 'done', sent: 2, refused: 1, players: 1, repeat: 1 }])

  const file = join(tempFolder(), 'export.jsonl')
  writeFileSync(file, [0, 60_000].map(at => `${JSON.stringify({ at: 1_700_000_000_000 + at, direction: 'up', productKey: talkingProductKey, deviceName: 'kitchen', topic: `/sys/${kitchen}/thing/event/property/post`, qos: 1, payload: '{"id":"5","version":"1.0","params":{"Brightness":7},"method":"thing.event.property.post"}' })}\n`).join(''))
  expect(await json(['replay', '--file', file, '--stamp', 'copy', '--count', '3', '--gap', '0.05', '--repeat', '2'])).toMatchObject([{ state: 'done', sent: 12, toSend: 12, players: 3, sourceName: 'export.jsonl' }])
  const told = await thingbench(['replay', '--file', file, '--map', `${kitchen}=${talkingProductKey}/copy-02`, '--times', 'as-recorded', '--speed', '100', '--gap', '0', '--workspace', workspace])
  expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/Done\.\nSent {6}2\nRefused {3}0/) as string, stderr: expect.stringContaining('Playing 2 messages of 1 devices') as string })
})

it('plays without an engine that runs, through one of its own', { timeout }, async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const model = join(tempFolder(), 'talking.json')
  writeFileSync(model, JSON.stringify(talkingModel))
  await thingbenchJson(['product', 'import', model, '--workspace', workspace])
  const file = join(tempFolder(), 'export.jsonl')
  writeFileSync(file, JSON.stringify({ at: 1_700_000_000_000, direction: 'up', productKey: talkingProductKey, deviceName: 'gone', topic: `/${talkingProductKey}/gone/user/update`, qos: 0, payload: 'x' }))
  expect(await thingbenchJson(['replay', '--file', file, '--stamp', 'copy', '--workspace', workspace])).toMatchObject([{ state: 'done', sent: 1 }])
  expect(await thingbench(['replay', '--file', file, '--workspace', workspace])).toMatchObject({ code: 1, stderr: expect.stringContaining('no device named gone') as string })
})

it('says what does not go together', { timeout }, async () => {
  for (const [words, sentence] of [
    [['--file', 'x', '--last', '1h'], '--file is played as a whole'],
    [['--count', '3'], '--count goes with --stamp'],
    [['--speed', '1000'], 'a number from 0.1 to 100'],
    [['--stamp', 'a', '--map', 'a/b=c/d'], 'one of them'],
    [['--last', '1h', '--from', '2025-01-01'], 'one of them'],
  ] as const)
    expect(await thingbench(['replay', ...words])).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) as string })
})
