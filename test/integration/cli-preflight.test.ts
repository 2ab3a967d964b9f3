import { join } from 'node:path'
import { expect, it } from 'vitest'
import { thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('checks this machine for a fleet, says what to do, and ends with 1 when it cannot run it', { timeout: 120_000 }, async () => {
  const workspace = join(tempFolder(), 'bench')
  const [small] = await thingbenchJson(['preflight', '--devices', '20', '--workspace', workspace])
  expect(small).toMatchObject({ processes: 1, sourceAddresses: 1, postsPerSec: 4, speed: null })
  expect(small!.verdict).not.toBe('stop')

  const { code, stdout } = await thingbench(['preflight', '--devices', '60000', '--transport', 'in-process', '--interval', '60', '--workspace', workspace])
  expect(code).toBe(1)
  expect(stdout).toMatch(/^STOP {2}size: 60,000 devices; a fleet has at most 50,000\.\n {6}Use at most 50,000 devices in a fleet\.$/m)
  expect(stdout).toMatch(/^(ok {2}|WARN) {2}speed: 1,000 reports a second/m)
})
