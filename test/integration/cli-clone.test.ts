import type { Output } from '../../src/cli/output.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import { expect, it, onTestFinished } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { rendererDir, resourcesDir, spawnFleet } from '../../src/cli/place.ts'
import { runCommandLine } from '../../src/cli/run-command-line.ts'
import { version } from '../../src/cli/version.ts'
import { startServing } from '../../src/host/serving.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

it('learns a device from the command line, shows what it learned, and makes the fleet', async () => {
  const workspace = tempFolder()
  const serving = await startServing({ workspaceDir: workspace, isOwnWorkspace: false, addSample: false, resumeFleets: false, deviceHost: '127.0.0.1', mqttPort: 0, httpPort: 0, consolePort: 0, openApi: null }, { version, resourcesDir, rendererDir, spawnFleet }, () => {})
  onTestFinished(() => serving.close())
  async function run(...words: string[]): Promise<{ code: number, stdout: string, stderr: string, values: JsonObject[] }> {
    const lines: string[] = []
    const notes: string[] = []
    const values: JsonObject[] = []
    const output: Output = { line: text => lines.push(`${text}\n`), note: text => notes.push(`${text}\n`), json: value => values.push(value as JsonObject), wanted: () => true, watched: false }
    const code = await runCommandLine([...words, '--workspace', workspace], commands, output)
    return { code, stdout: lines.join(''), stderr: notes.join(''), values }
  }
  await run('product', 'import', writeCounterModel(tempFolder()))
  await run('fleet', 'create', '--product', counterProductKey, '--prefix', 'meter', '--count', '1', '--interval', '0.1', '--name', 'Meters', '--behaviours', '{"Counter":{"kind":"random","min":10,"max":90}}')
  expect(await run('fleet', 'clone', counterProductKey, 'meter-0001')).toMatchObject({ code: 1, stderr: expect.stringContaining('reported no property') as string })
  await run('fleet', 'start', 'Meters')
  await waitFor(async () => (await run('trace', '--json')).values.length >= 40)
  await run('fleet', 'stop', 'Meters')

  const dry = await run('fleet', 'clone', counterProductKey, 'meter-0001', '--last', '10m', '--dry-run')
  expect(dry).toMatchObject({ code: 0, stderr: '' })
  expect(dry.stdout).toMatch(/^meter-0001: \d+ values from .* a report every 0\.\d+ s\nCounter {2}random {2}Any value from \d+ to \d+, whatever came before, in \d+ values\. \(bits a value: random [\d.]+/)
  expect(dry.stdout).toContain('replies  No commands in this time')
  expect((await run('fleet', 'list', '--json')).values).toHaveLength(1)
  const { values: [made] } = await run('fleet', 'clone', counterProductKey, 'meter-0001', '--count', '3', '--variation', '0', '--prefix', 'twin', '--name', 'Twins', '--seed', '9', '--json')
  expect(made).toMatchObject({ fleet: { name: 'Twins', prefix: 'twin', count: 3, seed: 9, behaviours: { Counter: { kind: 'random' } } }, proposal: { deviceName: 'meter-0001' } })
  expect(await run('fleet', 'clone', counterProductKey, 'meter-0001', '--last', '10m', '--from', '2026-01-01')).toMatchObject({ code: 2, stderr: expect.stringContaining('exclude each other') as string })
  expect(await run('fleet', 'clone', counterProductKey, 'meter-0001', '--last', 'long')).toMatchObject({ code: 2 })
  expect(await run('fleet', 'clone', counterProductKey, 'meter-0001', '--variation', '60')).toMatchObject({ code: 2 })
}, 120_000)
