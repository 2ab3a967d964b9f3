import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('saves, shows, lists and pushes the remote configuration of a product', async () => {
  const dir = tempFolder()
  const inWorkspace = ['--workspace', join(dir, 'bench')]
  const file = join(dir, 'settings.json')
  await thingbenchJson(['product', 'create', '--name', 'Probe', '--product-key', 'a1Probe', ...inWorkspace])
  writeFileSync(file, '{\n  "interval": 30,\n}')
  const refused = await thingbench(['config', 'set', 'a1Probe', file, ...inWorkspace])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('line 3, column 1')
  writeFileSync(file, '{"interval":30}')
  expect(await thingbench(['config', 'set', 'a1Probe', file, ...inWorkspace])).toMatchObject({ code: 0, stdout: 'Version 1 of the remote configuration of product a1Probe, 15 bytes; devices that ask get it.\n' })
  const offline = await thingbench(['config', 'push', 'a1Probe', ...inWorkspace])
  expect(offline.stderr).toContain('start one with serve')
  writeFileSync(file, '{"interval":60}')
  expect(await thingbenchJson(['config', 'set', 'a1Probe', file, ...inWorkspace])).toMatchObject([{ isEnabled: true, current: { version: 2 }, earlier: [{ version: 1 }] }])
  expect((await thingbench(['config', 'show', 'a1Probe', ...inWorkspace])).stdout).toBe('{"interval":60}\n')
  expect((await thingbench(['config', 'show', 'a1Probe', '--config-version', '1', ...inWorkspace])).stdout).toBe('{"interval":30}\n')

  await startServer(inWorkspace)
  expect(await thingbenchJson(['config', 'push', 'a1Probe', ...inWorkspace])).toMatchObject([{ version: 2, deviceCount: 0, sentCount: 0 }])
  const { stdout, stderr } = await thingbench(['config', 'versions', 'a1Probe', ...inWorkspace])
  expect(stdout).toMatch(/^2 {2}\S+ {2}15 bytes {2}sha256 [\da-f]{12} {2}pushed\n1 {2}\S+ {2}15 bytes {2}sha256 [\da-f]{12}\n$/)
  expect(stderr).toContain('switched on; 0 of 0 devices have fetched version 2.')
  expect((await thingbench(['config', 'push', 'a1Probe', ...inWorkspace])).stderr).toContain('is what was pushed last')
}, 120_000)
