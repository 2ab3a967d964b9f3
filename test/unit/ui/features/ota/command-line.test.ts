import type { BatchInput } from '../../../../../src/ui/features/ota/launch/batch-draft.ts'
import { expect, it } from 'vitest'
import { commandLine } from '../../../../../src/ui/features/ota/launch/command-line.ts'

it.each<[string, Omit<BatchInput, 'packageId'>, string]>([
  ['a plain batch', {}, 'thingbench ota batch create p1'],
  ['a verification', { kind: 'verify', scope: { kind: 'named', deviceNames: ['dev-0001', 'dev-0002'] }, timeoutMinutes: 60 }, 'thingbench ota verify p1 --devices dev-0001,dev-0002 --timeout 60'],
  ['a list of names', { scope: { kind: 'list', namesId: '0123456789abcdef' } }, 'thingbench ota batch create p1 --devices-file \'first wave.csv\''],
  ['more names than a line holds', { scope: { kind: 'named', deviceNames: Array.from({ length: 21 }, (_, index) => `dev-${index}`) } }, 'thingbench ota batch create p1 --devices-file \'first wave.csv\''],
  ['a dynamic batch', { dynamic: true, sourceVersions: ['1.0', '1.1'], newlyReportedOnly: true, pushes: false }, 'thingbench ota batch create p1 --dynamic --from 1.0,1.1 --new-reports-only --on-request'],
  ['a planned one of a percentage', { scope: { kind: 'phased', percent: 10 }, startAt: 1_767_225_600_000, endAt: 1_767_232_800_000 }, 'thingbench ota batch create p1 --percent 10 --start 2026-01-01T00:00:00.000Z --end 2026-01-01T02:00:00.000Z'],
  ['one of a group that grows', { scope: { kind: 'group', group: 'g1' }, rate: { kind: 'growing', base: 50, factor: 2, max: 10_000, threshold: 1_000, counts: 'pushed' } }, 'thingbench ota batch create p1 --group g1 --rate 50,2,10000,1000,pushed'],
  ['all the rest', { rate: { kind: 'constant', perMinute: 200 }, retryMinutes: 0, retriesMax: 2, overrides: true, needsConfirmation: true, protocol: 'MQTT', tags: { by: 'Ann\'s team' } }, 'thingbench ota batch create p1 --rate 200 --retry-after 0 --retries 2 --override --confirm --protocol MQTT --tags \'by=Ann\'\\\'\'s team\''],
  ['several modules', { severalModules: true }, 'thingbench ota batch create p1 --several-modules'],
])('writes the line for %s', (_what, input, expected) => {
  expect(commandLine({ packageId: 'p1', ...input }, 'first wave.csv')).toBe(expected)
})
