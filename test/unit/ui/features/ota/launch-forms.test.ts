import type { BatchInput } from '../../../../../src/ui/features/ota/launch/batch-draft.ts'
import { expect, it } from 'vitest'
import { launchForms } from '../../../../../src/ui/features/ota/launch/launch-forms.ts'
import { commandLine } from '../../../../../src/ui/parts/copy-as/api-call.ts'
import { readForms } from '../../../../support/copy-forms.ts'

type Wish = Omit<BatchInput, 'packageId'>
const facts = { productKey: 'a1Lamp', fileName: 'first wave.csv', groupKind: null }
const formsOf = (input: Wish, more: object = {}) => launchForms({ packageId: 'p1', ...input }, { ...facts, ...more })
const slow = { rate: { kind: 'constant' as const, perMinute: 200 } }
const common = { FirmwareId: 'p1', ProductKey: 'a1Lamp', NeedPush: true, DownloadProtocol: 'HTTPS', OverwriteMode: 1 }

it.each<[string, Wish, string]>([
  ['a plain batch', {}, 'thingbench ota batch create p1'],
  ['a verification', { kind: 'verify', scope: { kind: 'named', deviceNames: ['dev-0001', 'dev-0002'] }, timeoutMinutes: 60 }, 'thingbench ota verify p1 --devices dev-0001,dev-0002 --timeout 60'],
  ['a list of names', { scope: { kind: 'list', namesId: '0123456789abcdef' } }, 'thingbench ota batch create p1 --devices-file \'first wave.csv\''],
  ['more names than a line holds', { scope: { kind: 'named', deviceNames: Array.from({ length: 21 }, (_, index) => `dev-${index}`) } }, 'thingbench ota batch create p1 --devices-file \'first wave.csv\''],
  ['a dynamic batch', { dynamic: true, sourceVersions: ['1.0', '1.1'], newlyReportedOnly: true, pushes: false }, 'thingbench ota batch create p1 --dynamic --from 1.0,1.1 --new-reports-only --on-request'],
  ['a planned one of a percentage', { scope: { kind: 'phased', percent: 10 }, startAt: 1_767_225_600_000, endAt: 1_767_232_800_000 }, 'thingbench ota batch create p1 --percent 10 --start 2026-01-01T00:00:00.000Z --end 2026-01-01T02:00:00.000Z'],
  ['one of a group that grows', { scope: { kind: 'group', group: 'g1' }, rate: { kind: 'growing', base: 50, factor: 2, max: 10_000, threshold: 1_000, counts: 'pushed' } }, 'thingbench ota batch create p1 --group g1 --rate 50,2,10000,1000,pushed'],
  ['all the rest', { ...slow, retryMinutes: 0, retriesMax: 2, overrides: true, needsConfirmation: true, protocol: 'MQTT', tags: { by: 'Ann\'s team' } }, 'thingbench ota batch create p1 --rate 200 --retry-after 0 --retries 2 --override --confirm --protocol MQTT --tags \'by=Ann\'\\\'\'s team\''],
  ['several modules', { severalModules: true }, 'thingbench ota batch create p1 --several-modules'],
])('writes a line that the command line reads for %s', (_what, input, expected) => {
  const forms = formsOf(input)
  expect(commandLine(forms.cli!)).toBe(expected)
  expect(readForms(forms).cli?.path).toBe(input.kind === 'verify' ? 'ota verify' : 'ota batch create')
})

it.each<[string, Wish, object, string, object]>([
  ['a verification', { kind: 'verify', scope: { kind: 'named', deviceNames: ['dev-1'] }, timeoutMinutes: 60 }, {}, 'CreateOTAVerifyJob', { TargetDeviceName: ['dev-1'], TimeoutInMinutes: 60 }],
  ['all devices', { ...slow, sourceVersions: ['1.0'], startAt: 5, endAt: 9 }, {}, 'CreateOTAStaticUpgradeJob', { TargetSelection: 'ALL', SrcVersion: ['1.0'], MaximumPerMinute: 200, ScheduleTime: 5, ScheduleFinishTime: 9 }],
  ['named devices', { ...slow, scope: { kind: 'named', deviceNames: ['dev-1', 'dev-2'] }, retryMinutes: 10, retriesMax: 2 }, {}, 'CreateOTAStaticUpgradeJob', { TargetSelection: 'SPECIFIC', TargetDeviceName: ['dev-1', 'dev-2'], RetryInterval: 10, RetryCount: 2 }],
  ['a percentage', { ...slow, scope: { kind: 'phased', percent: 2.5 }, severalModules: true }, {}, 'CreateOTAStaticUpgradeJob', { TargetSelection: 'GRAY', GrayPercent: '2.5', MultiModuleMode: true }],
  ['a group', { ...slow, scope: { kind: 'group', group: 'g1' }, overrides: true }, { groupKind: 'static' }, 'CreateOTAStaticUpgradeJob', { TargetSelection: 'GROUP', GroupId: 'g1', GroupType: 'LINK_PLATFORM', OverwriteMode: 2 }],
  ['a dynamic batch', { ...slow, dynamic: true, sourceVersions: ['1.0'], newlyReportedOnly: true, tags: { by: 'a,b' } }, {}, 'CreateOTADynamicUpgradeJob', { SrcVersion: ['1.0'], DynamicMode: 2, Tag: [{ Key: 'by', Value: 'a,b' }] }],
  ['a dynamic batch of a group', { ...slow, dynamic: true, scope: { kind: 'group', group: 'g1' }, needsConfirmation: true }, { groupKind: 'dynamic' }, 'CreateOTADynamicUpgradeJob', { GroupId: 'g1', GroupType: 'LINK_PLATFORM_DYNAMIC', NeedConfirm: true }],
])('calls the cloud\'s API for %s', (_what, input, more, action, values) => {
  expect(readForms(formsOf(input, more)).api).toMatchObject({ action, values: { FirmwareId: common.FirmwareId, ProductKey: common.ProductKey, ...values } })
})

it('offers no call that would make another batch', () => {
  const others: Wish[] = [
    {},
    { rate: { kind: 'growing', base: 50, factor: 2, max: 100, threshold: 10, counts: 'pushed' } },
    { ...slow, timeoutMinutes: 0.5 },
    { ...slow, scope: { kind: 'list', namesId: '0123456789abcdef' } },
    { ...slow, scope: { kind: 'group', group: 'g1' } },
    { ...slow, dynamic: true, scope: { kind: 'named', deviceNames: ['dev-1'] } },
    { kind: 'verify', scope: { kind: 'named', deviceNames: Array.from({ length: 11 }, (_, index) => `dev-${index}`) } },
  ]
  expect(others.map(input => formsOf(input).api)).toEqual(others.map(() => undefined))
  expect(formsOf({ tags: { by: 'a,b' } }).cli).toBeUndefined()
})
