import type { Output } from '../../src/cli/output.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { rendererDir, resourcesDir, spawnFleet } from '../../src/cli/place.ts'
import { runCommandLine } from '../../src/cli/run-command-line.ts'
import { version } from '../../src/cli/version.ts'
import { startServing } from '../../src/host/serving.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { freePort } from '../support/free-port.ts'
import { tempFolder } from '../support/temp-folder.ts'

const timeout = 240_000

/** The command line on a workspace, in this process: what it printed, and its exit code. */
function commandLineOn(workspace: string) {
  async function run(...words: string[]): Promise<{ code: number, stdout: string, stderr: string, values: JsonObject[] }> {
    const lines: string[] = []
    const notes: string[] = []
    const values: JsonObject[] = []
    const output: Output = { line: text => lines.push(`${text}\n`), note: text => notes.push(`${text}\n`), json: value => values.push(value as JsonObject), wanted: () => true, watched: false }
    const code = await runCommandLine([...words, '--workspace', workspace], commands, output)
    return { code, stdout: lines.join(''), stderr: notes.join(''), values }
  }
  return { run, json: async (...words: string[]) => (await run(...words, '--json')).values }
}

it('makes, starts, changes, stops and deletes a fleet of the engine that runs', async () => {
  const workspace = tempFolder()
  const serving = await startServing({ workspaceDir: workspace, isOwnWorkspace: false, addSample: false, resumeFleets: false, deviceHost: '127.0.0.1', mqttPort: 0, httpPort: 0, consolePort: 0, openApi: null }, { version, resourcesDir, rendererDir, spawnFleet }, () => {})
  onTestFinished(() => serving.close())
  const { run, json } = commandLineOn(workspace)
  await json('product', 'import', writeCounterModel(tempFolder()))

  const [made] = await json('fleet', 'create', '--product', counterProductKey, '--prefix', 'meter', '--count', '2', '--interval', '0.5', '--name', 'My meters', '--connect-rate', '10', '--seed', '7', '--qos', '0')
  expect(made).toMatchObject({ name: 'My meters', prefix: 'meter', count: 2, intervalSec: 0.5, qos: 0, connectPerSec: 10, seed: 7, state: 'stopped' })
  expect((await run('fleet', 'start', 'My meters')).code).toBe(0)
  const [changed] = await json('fleet', 'update', String(made!.fleetId), '--count', '3', '--conversation', '{"desired":true}', '--updates', '{"takes":true}', '--config', '{"asks":true}', '--behaviours', '{"counter":{"kind":"off"}}', '--network', '{"weather":"perfect","devicesPercent":20}', '--misbehaviour', '[{"kind":"oversized","perHour":0}]', '--report', '{"when":"change","deadBands":{"Counter":2}}', '--life', '{"bootSec":2}')
  expect(changed).toMatchObject({ count: 3, behaviours: { counter: { kind: 'off' } }, conversation: { desired: true }, updates: { takes: true }, config: { asks: true }, network: { weather: 'perfect', devicesPercent: 20, windows: [] }, misbehaviour: [{ kind: 'oversized', devicesPercent: 100, perHour: 0 }], report: { when: 'change', deadBands: { Counter: 2 }, batch: 1 }, life: { bootSec: 2, forgets: false } })
  expect((await json('fleet', 'update', String(made!.fleetId), '--network', 'null', '--misbehaviour', '[]', '--stop-after', '{"sec":600}'))[0]).toMatchObject({ network: null, misbehaviour: [], stopAfter: { sec: 600 } })
  expect((await run('fleet', 'update', 'My meters', '--network', '{"weather":"hail"}')).stderr).toContain('edge-2g')
  expect(await run('fleet', 'update', 'My meters', '--behaviours', '{"counter":{"kind":"dance"}}')).toMatchObject({ code: 2, stderr: expect.stringContaining('--behaviours: expected JSON') as string })
  expect(await run('fleet', 'update', 'My meters')).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing is to be changed') as string })
  expect(await json('fleet', 'stop', 'My meters')).toMatchObject([{ state: 'stopped' }])
  expect((await run('fleet', 'list')).stdout).toContain(`My meters: 3 devices meter-… of product ${counterProductKey}, one post every 0.5 s, stopped`)

  const [listed] = await json('runs', 'list', '--fleet', String(made!.fleetId))
  expect(listed).toMatchObject({ kind: 'fleet', name: 'My meters', end: 'stopped', isPinned: false })
  expect((await run('runs', 'list', '--kind', 'fleet')).stdout).toMatch(/My meters: .* of 3 connected, \d+ published/)
  const files = tempFolder()
  expect((await run('runs', 'show', 'last', '--report', join(files, 'run.html'), '--junit', join(files, 'run.xml'))).stdout).toMatch(/^Connected +\d of 3/)
  expect(readFileSync(join(files, 'run.html'), 'utf8')).toContain('<h1>My meters</h1>')
  expect(readFileSync(join(files, 'run.xml'), 'utf8')).toContain('<testsuite name="My meters"')
  expect(await json('runs', 'pin', String(listed!.runId))).toMatchObject([{ isPinned: true }])
  expect(await run('runs', 'delete', 'last')).toMatchObject({ code: 1, stderr: expect.stringContaining('pinned') as string })
  expect((await run('runs', 'unpin', 'last')).stdout).not.toContain('pinned')
  expect(await json('runs', 'delete', 'last')).toEqual([{ runId: listed!.runId, deleted: true }])
  expect(await run('runs', 'show', 'last')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no run yet') as string })

  expect((await run('fleet', 'delete', 'My meters')).stdout).toBe('Deleted the fleet My meters; its devices stay.\n')
  expect(await run('fleet', 'start', 'My meters')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no fleet My meters') as string })
  expect(await json('device', 'list')).toHaveLength(3)
}, timeout)

it('lets a fleet report to another broker, with secrets from files and variables, and tries the way there', async () => {
  const workspace = tempFolder()
  const folder = tempFolder()
  const { run, json } = commandLineOn(workspace)
  await json('product', 'import', writeCounterModel(tempFolder()))
  const target = `{"kind":"broker","host":"127.0.0.1","port":${await freePort()},"username":"bench","topic":"plant/{deviceName}/up"}`
  writeFileSync(join(folder, 'password.txt'), 'very-secret\n')

  const made = await run('fleet', 'create', '--product', counterProductKey, '--count', '2', '--name', 'Plant', '--target', target, '--password-file', join(folder, 'password.txt'))
  expect(made).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Secrets are kept in the file .*secrets\.json, which only you can read\.\n$/) as string })
  expect(made.stdout).toMatch(/every 5 s to 127\.0\.0\.1:\d+, stopped/)
  expect(JSON.parse(readFileSync(join(workspace, 'secrets.json'), 'utf8'))).toMatchObject({ [`${made.stdout.split(' ')[0]}/password`]: { text: 'very-secret' } })
  const tried = await run('fleet', 'test', 'Plant')
  expect(tried).toMatchObject({ code: 1, stdout: expect.stringMatching(/tcp +failed +Nothing listens at/) as string })
  expect(await json('fleet', 'test', 'Plant')).toMatchObject([{ passed: false }])
  expect(await json('fleet', 'update', 'Plant', '--password-env', 'BROKER_PASSWORD')).toMatchObject([{ secrets: { password: { in: 'environment', name: 'BROKER_PASSWORD' } } }])
  expect(await run('fleet', 'update', 'Plant', '--password-env', 'A', '--password-file', 'b')).toMatchObject({ code: 2, stderr: expect.stringContaining('does not go with') as string })
  expect(await run('fleet', 'update', 'Plant', '--devices-product', 'a1')).toMatchObject({ code: 2 })
  expect(await run('fleet', 'update', 'Plant', '--target', '{"kind":"moon"}')).toMatchObject({ code: 2, stderr: expect.stringContaining('--target: expected JSON') as string })

  writeFileSync(join(folder, 'devices.csv'), 'DeviceName,DeviceSecret\nfield-1,s1\nfield-2,s2\nfield-3,s3\n')
  const cloud = await json('fleet', 'create', '--product', counterProductKey, '--devices-file', join(folder, 'devices.csv'), '--devices-product', 'a1Cloud', '--target', '{"kind":"cloud","host":"127.0.0.1","port":1883}')
  expect(cloud.at(-1)).toMatchObject({ count: 3, secrets: { devices: { count: 3 } } })
}, timeout)

it('changes settings, products, groups and remote configurations by the same words as the page', async () => {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const { run, json } = commandLineOn(workspace)
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

  const file = join(tempFolder(), 'settings.json')
  writeFileSync(file, '{"a": 1}')
  expect(await json('config', 'set', counterProductKey, file, '--off')).toMatchObject([{ isEnabled: false, current: { size: 8 } }])
  expect(await json('config', 'enable', counterProductKey)).toMatchObject([{ isEnabled: true }])
  expect((await run('config', 'disable', counterProductKey)).stdout).toBe(`Remote configuration of product ${counterProductKey} is switched off.\n`)
}, timeout)
