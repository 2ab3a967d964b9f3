import type { BatchPackage, LiveBatch } from '../../../../../src/engine/platform/ota-batch/types.ts'
import type { BatchSpec } from '../../../../../src/shared/contract/batch.ts'
import { describe, expect, it } from 'vitest'
import { checkChange, checkNewBatch } from '../../../../../src/engine/platform/ota-batch/rules.ts'
import { noTasks } from '../../../../../src/engine/platform/ota-batch/task-book.ts'
import { batchMethods } from '../../../../../src/shared/contract/batch.ts'

const now = 1_000_000
const minute = 60_000
const pack: BatchPackage = { packageId: 'p1', productKey: 'a1Test', module: 'default', targetVersion: '2.0', sourceVersion: null, state: 'none', fileCount: 1, size: 10 }

function specOf(wish: object): BatchSpec {
  return batchMethods['batch.create'].input.parse({ packageId: 'p1', ...wish })
}

function liveOf(wish: object, more: Partial<LiveBatch> = {}): LiveBatch {
  const { scope, ...spec } = specOf(wish)
  if (scope.kind === 'named' || scope.kind === 'list')
    throw new Error('not needed here')
  return {
    batchId: 'b1',
    packageId: 'p1',
    productKey: 'a1Test',
    module: 'default',
    targetVersion: '2.0',
    spec: { ...spec, scope, differentialFrom: null },
    state: 'IN_PROGRESS',
    selecting: false,
    createdAt: 0,
    startedAt: 0,
    endedAt: null,
    modifiedAt: 0,
    counts: noTasks(),
    waiting: new Set(),
    held: new Set(),
    pausedAt: null,
    bucket: { tokens: 1, at: 0 },
    watch: null,
    ...more,
  }
}

const dynamic = { dynamic: true, sourceVersions: ['1.0'] }
const named = { kind: 'named', deviceNames: ['dev-0001'] }
const ofGroup = { kind: 'group', group: 'wave_one' }

function refusal(wish: object, more: { pack?: Partial<BatchPackage>, others?: LiveBatch[], applyLimits?: boolean } = {}): string {
  try {
    checkNewBatch(specOf(wish), { ...pack, ...more.pack }, { now, others: more.others ?? [], applyLimits: more.applyLimits ?? false })
    return ''
  }
  catch (error) {
    return (error as Error).message
  }
}

describe('a new batch', () => {
  it.each<[string, object, Parameters<typeof refusal>[1]?]>([
    ['a plain one', {}],
    ['a planned one', { startAt: now + 1, endAt: now + 2 }],
    ['a dynamic one', dynamic],
    ['a dynamic one of a difference', { dynamic: true }, { pack: { sourceVersion: '1.0' } }],
    ['the verification of a package', { kind: 'verify', scope: named }, { pack: { state: 'unverified' } }],
    ['the cloud\'s limits kept', { rate: { kind: 'growing', base: 50, factor: 1.2, max: 10_000, threshold: 1_000, counts: 'pushed' }, retryMinutes: 30, timeoutMinutes: 60, retriesMax: 5 }, { applyLimits: true }],
    ['a second static one', {}, { others: [liveOf(dynamic)] }],
    ['a dynamic one after an ended one', dynamic, { others: [liveOf(dynamic, { state: 'CANCELED' })] }],
  ])('may be %s', (_title, wish, more) => {
    expect(refusal(wish, more)).toBe('')
  })

  it.each<[string, object, Parameters<typeof refusal>[1], RegExp]>([
    ['not of an unverified package', {}, { pack: { state: 'unverified' } }, /verified first/],
    ['not over MQTT with several files', { protocol: 'MQTT' }, { pack: { fileCount: 2 } }, /several files/],
    ['not over MQTT with a large file', { protocol: 'MQTT' }, { pack: { size: 17 * 1024 * 1024 } }, /16 MB/],
    ['not a verification of all devices', { kind: 'verify' }, {}, /named devices/],
    ['not dynamic and phased', { dynamic: true, scope: { kind: 'phased', percent: 5 } }, {}, /phased/],
    ['not dynamic without a source version', { dynamic: true }, {}, /at least one version/],
    ['not from the target version', { sourceVersions: ['2.0'] }, {}, /one they are to get/],
    ['not from another version than the difference', { sourceVersions: ['1.1'] }, { pack: { sourceVersion: '1.0' } }, /difference/],
    ['not both overriding and several modules', { severalModules: true, overrides: true }, {}, /several modules/],
    ['not with a retry as late as the timeout', { retryMinutes: 60, timeoutMinutes: 60 }, {}, /shorter/],
    ['not planned when it is dynamic', { ...dynamic, startAt: now + 1 }, {}, /static/],
    ['not planned for the past', { startAt: now }, {}, /future/],
    ['not planned within five minutes, with the cloud\'s limits', { startAt: now + 4 * minute }, { applyLimits: true }, /5 minutes/],
    ['not slower than ten a minute, with the cloud\'s limits', { rate: { kind: 'constant', perMinute: 9 } }, { applyLimits: true }, /10 to 10,000/],
    ['not with another dynamic one of the package', dynamic, { others: [liveOf(dynamic)] }, /already/],
    ['not overriding beside one for several modules', { overrides: true }, { others: [liveOf({ severalModules: true })] }, /do not go together/],
    ['not by group and by version at once', { ...dynamic, severalModules: true, scope: ofGroup }, { others: [liveOf({ ...dynamic, severalModules: true }, { packageId: 'p2' })] }, /same version/],
    ['not otherwise than the other ones of a group', { ...dynamic, scope: ofGroup, overrides: true }, { others: [liveOf({ ...dynamic, scope: ofGroup }, { packageId: 'p2' })] }, /agree/],
  ])('is %s', (_title, wish, more, sentence) => {
    expect(refusal(wish, more)).toMatch(sentence)
  })
})

describe('a batch under way', () => {
  it('lets numbers of the rate and tags be changed, and of a dynamic one timeout and source versions', () => {
    const rate = { kind: 'constant', perMinute: 10 } as const
    checkChange(liveOf({ rate }), { rate: { kind: 'constant', perMinute: 20 }, tags: { a: 'b' } }, true)
    checkChange(liveOf(dynamic), { timeoutMinutes: null, sourceVersions: ['1.1'] }, true)
    const why = (batch: LiveBatch, change: Parameters<typeof checkChange>[1]): void => checkChange(batch, change, false)
    expect(() => why(liveOf({}), { rate })).toThrow(/kind cannot/)
    expect(() => why(liveOf({}), { timeoutMinutes: 5 })).toThrow(/dynamic batch only/)
    expect(() => why(liveOf({ ...dynamic, scope: ofGroup }), { sourceVersions: ['1.1'] })).toThrow(/follow from/)
    expect(() => why(liveOf(dynamic), { sourceVersions: [] })).toThrow(/at least one/)
    expect(() => why(liveOf({}, { state: 'COMPLETED' }), { tags: {} })).toThrow(/under way/)
  })
})
