import type { FleetPlan, MachineFacts } from '../../../../src/engine/preflight/types.ts'
import type { Preflight, PreflightCheck, PreflightName, PreflightVerdict, PreflightWish } from '../../../../src/shared/contract/preflight.ts'
import { expect, it } from 'vitest'
import { preflight } from '../../../../src/engine/preflight/preflight.ts'
import { preflightChecks } from '../../../../src/shared/contract/preflight.ts'
import { describeCheck } from '../../../../src/shared/preflight-words.ts'

const gib = 1024 ** 3
const roomy: MachineFacts = { platform: 'linux', cores: 8, openFilesMax: 100_000, openFiles: 60, portFirst: 32_768, portLast: 60_999, backlogMax: 4_096, memoryFreeBytes: 32 * gib, diskFreeBytes: 500 * gib, keptBytes: 0, keptBytesMax: 2 * gib, keepDays: 7, speed: null }
const plan: FleetPlan = { devicesPerProcess: 18_000, processesMax: 8, engineRoom: 99_000, sourcesOf: devices => devices > 10_000 ? 8 : 1 }
const wish: PreflightWish = { devices: 19_000, intervalSec: 20, transport: 'tcp', elsewhere: false }

interface Change { wish?: Partial<PreflightWish>, facts?: Partial<MachineFacts>, plan?: Partial<FleetPlan> }

function check(change: Change = {}): Preflight & { of: (name: PreflightName) => PreflightCheck | undefined } {
  const result = preflight({ ...wish, ...change.wish }, { ...roomy, ...change.facts }, { ...plan, ...change.plan })
  return { ...result, of: name => result.checks.find(one => one.name === name) }
}

it('lets a fleet go that the machine can hold, and says what it will use', () => {
  const { verdict, checks, processes, sourceAddresses, postsPerSec, devicesMax } = check()
  expect({ verdict, processes, sourceAddresses, postsPerSec, devicesMax }).toEqual({ verdict: 'ok', processes: 2, sourceAddresses: 8, postsPerSec: 950, devicesMax: 50_000 })
  expect(checks.map(({ name }) => name)).toEqual(preflightChecks)
  expect(checks.every(({ verdict, advice }) => verdict === 'ok' && advice === null)).toBe(true)
})

const cases: [PreflightName, Change, PreflightVerdict, string][] = [
  ['size', { wish: { devices: 60_000, transport: 'in-process' } }, 'stop', 'at most 50,000'],
  ['engineFiles', { facts: { openFilesMax: 20_000 }, plan: { engineRoom: 18_900 } }, 'stop', 'ulimit -n 65536'],
  ['fleetFiles', { facts: { openFilesMax: 1_024 }, plan: { devicesPerProcess: 960 } }, 'stop', 'at most 7,680 devices'],
  ['ports', { facts: { portFirst: 60_000, portLast: 60_999 } }, 'stop', 'ip_local_port_range'],
  ['ports', { facts: { platform: 'macos', portFirst: 49_152, portLast: 65_535 }, plan: { sourcesOf: () => 1 } }, 'stop', 'net.inet.ip.portrange.first'],
  ['backlog', { facts: { backlogMax: 50 } }, 'warn', 'somaxconn'],
  ['memory', { facts: { memoryFreeBytes: gib } }, 'stop', 'fewer devices'],
  ['disk', { facts: { diskFreeBytes: gib } }, 'warn', 'trace.keepBytesMax'],
  ['disk', { facts: { diskFreeBytes: 50 * 1024 ** 2 } }, 'stop', 'Make room'],
  ['speed', { wish: { intervalSec: 1 } }, 'warn', 'measure this machine'],
  ['speed', { wish: { intervalSec: 1 }, facts: { speed: { at: 0, cores: 8, checksPerSec: 1, commitsPerSec: 1, postsPerSec: 9_000 } } }, 'stop', 'longer interval'],
]
it.each(cases)('names %s that do not suffice, and what to do', (name, change, verdict, advice) => {
  const result = check(change)
  expect(result.of(name)).toMatchObject({ verdict, advice: expect.stringContaining(advice) as string })
  expect(result.verdict).toBe(verdict)
})

it('counts on what this machine was measured to take', () => {
  const speed = { at: 0, cores: 2, checksPerSec: 200_000, commitsPerSec: 900, postsPerSec: 9_000 }
  expect(check({ facts: { speed } }).of('speed')).toMatchObject({ verdict: 'ok', limit: 9_000, message: '950 reports a second; this machine has been measured to take about 9,000.' })
})

it('says how many devices would go', () => {
  expect(check({ plan: { engineRoom: 18_900 } }).devicesMax).toBe(18_900)
  expect(check({ facts: { memoryFreeBytes: gib } }).devicesMax).toBeLessThan(19_000)
  expect(check({ wish: { transport: 'in-process' }, plan: { engineRoom: 10, devicesPerProcess: 1 } }).devicesMax).toBe(50_000)
  expect(check({ facts: { portFirst: 60_000, portLast: 60_999 } }).devicesMax).toBe(8_000)
})

it('asks for no handles and ports for devices without sockets, and for no room here for those that report elsewhere', () => {
  expect(check({ wish: { transport: 'in-process' } }).checks.map(({ name }) => name)).toEqual(['size', 'memory', 'disk', 'speed'])
  const elsewhere = check({ wish: { elsewhere: true }, plan: { engineRoom: 5 } })
  expect(elsewhere.checks.map(({ name }) => name)).toEqual(['size', 'fleetFiles', 'ports', 'memory', 'speed'])
  expect(elsewhere).toMatchObject({ verdict: 'ok', sourceAddresses: 1 })
})

it('passes over what a system does not tell', () => {
  const { verdict, of } = check({ facts: { platform: 'windows', openFilesMax: null, openFiles: null, backlogMax: null, diskFreeBytes: null }, plan: { engineRoom: null } })
  expect(verdict).toBe('ok')
  expect([of('engineFiles')?.limit, of('fleetFiles')?.limit, of('backlog'), of('disk')]).toEqual([null, null, undefined, undefined])
})

it('says it in Chinese as well, another text for each check', () => {
  for (const platform of ['linux', 'macos', 'windows'] as const) {
    for (const one of check().checks) {
      const [en, zh] = (['en', 'zh'] as const).map(language => describeCheck(language, platform, { ...one, verdict: 'warn' }))
      expect(zh!.message).toMatch(/[\u4E00-\u9FFF]/)
      expect(zh!.advice).toMatch(/[\u4E00-\u9FFF]/)
      expect(en!.message + en!.advice).not.toMatch(/[\u4E00-\u9FFF]|undefined|NaN/)
    }
  }
})
