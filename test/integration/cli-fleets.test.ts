import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runProcess } from '../support/child-process.ts'
import { startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { tempFolder } from '../support/temp-folder.ts'

const timeout = 240_000

it('makes, starts, changes, stops and deletes a fleet of the engine that runs', async () => {
  const workspace = join(tempFolder(), 'bench')
  await startServer(['--workspace', workspace])
  const run = (...args: string[]) => thingbench([...args, '--workspace', workspace])
  const json = (...args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  await json('product', 'import', writeCounterModel(tempFolder()))

  const [made] = await json('fleet', 'create', '--product', counterProductKey, '--prefix', 'meter', '--count', '2', '--interval', '0.5', '--name', 'My meters', '--connect-rate', '10', '--seed', '7', '--qos', '0')
  expect(made).toMatchObject({ name: 'My meters', prefix: 'meter', count: 2, intervalSec: 0.5, qos: 0, connectPerSec: 10, seed: 7, state: 'stopped' })
  expect((await run('fleet', 'start', 'My meters')).code).toBe(0)
  const [changed] = await json('fleet', 'update', String(made!.fleetId), '--count', '3', '--conversation', '{"desired":true}', '--updates', '{"takes":true}', '--config', '{"asks":true}', '--behaviours', '{"counter":{"kind":"off"}}')
  expect(changed).toMatchObject({ count: 3, behaviours: { counter: { kind: 'off' } }, conversation: { desired: true }, updates: { takes: true }, config: { asks: true } })
  expect(await run('fleet', 'update', 'My meters', '--behaviours', '{"counter":{"kind":"dance"}}')).toMatchObject({ code: 2, stderr: expect.stringContaining('--behaviours: expected JSON') as string })
  expect(await run('fleet', 'update', 'My meters')).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing is to be changed') as string })
  expect(await json('fleet', 'stop', 'My meters')).toMatchObject([{ state: 'stopped' }])
  expect((await run('fleet', 'list')).stdout).toContain(`My meters: 3 devices meter-… of product ${counterProductKey}, one post every 0.5 s, stopped`)
  expect((await run('fleet', 'delete', 'My meters')).stdout).toBe('Deleted the fleet My meters; its devices stay.\n')
  expect(await run('fleet', 'start', 'My meters')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no fleet My meters') as string })
  expect(await json('device', 'list')).toHaveLength(3)
}, timeout)

it('changes settings, products, groups and remote configurations by the same words as the page', async () => {
  const workspace = join(tempFolder(), 'bench')
  const run = (...args: string[]) => thingbench([...args, '--workspace', workspace])
  const json = (...args: string[]) => thingbenchJson([...args, '--workspace', workspace])
  await startServer(['--workspace', workspace])
  await json('product', 'import', writeCounterModel(tempFolder()))

  expect(await json('setting', 'set', 'debug.waitSec', '2.5')).toEqual([{ 'debug.waitSec': 2.5 }])
  expect((await run('setting', 'set', 'ota.downloadHost', '192.168.1.20')).stdout).toBe('ota.downloadHost is 192.168.1.20 now.\n')
  expect((await run('setting', 'list')).stdout).toContain('debug.waitSec  2.5 seconds\n')
  expect(await run('setting', 'set', 'debug.waitSec', 'soon')).toMatchObject({ code: 2, stderr: 'debug.waitSec: expected a number, got "soon".\n' })
  expect(await run('setting', 'set', 'debug.wait', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown setting debug.wait') as string })

  expect(await json('product', 'update', counterProductKey, '--validation', 'strict')).toMatchObject([{ validation: 'strict' }])
  await json('group', 'create', 'Meters', '--query', 'name like "meter%"')
  expect(await json('group', 'update', 'Meters', '--query', 'name like "m%"', '--about', 'all')).toMatchObject([{ query: 'name like "m%"', description: 'all' }])
  expect(await run('group', 'update', 'Meters')).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing is to be changed') as string })

  // The line that the page gives hands the text over to the byte.
  const piped = await runProcess('sh', ['-c', `printf %s '{"a": 1}' | node ${thingbenchBin} config set ${counterProductKey} /dev/stdin --off --workspace ${workspace} --json`])
  expect(JSON.parse(piped.stdout)).toMatchObject({ isEnabled: false, current: { size: 8 } })
  expect(await json('config', 'enable', counterProductKey)).toMatchObject([{ isEnabled: true }])
  expect((await run('config', 'disable', counterProductKey)).stdout).toBe(`Remote configuration of product ${counterProductKey} is switched off.\n`)
}, timeout)
