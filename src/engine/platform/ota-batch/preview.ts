import type { BatchPreview, BatchSpec } from '../../../shared/contract/batch.ts'
import type { Store } from '../../store/types.ts'
import type { Rollouts } from './rollouts.ts'
import type { BatchDevice, PackageSource } from './types.ts'
import { setImmediate } from 'node:timers/promises'
import { settle } from '../../../shared/ota/conflict.ts'
import { moduleVersions } from './module-versions.ts'
import { checkNewBatch } from './rules.ts'
import { devicesPerTurn, fulfils, phasedCount } from './selection.ts'

export interface PreviewContext {
  store: Pick<Store, 'read' | 'flush'>
  rollouts: Pick<Rollouts, 'now' | 'all' | 'tasks'>
  packages: Pick<PackageSource, 'packageOf'>
  applyLimits: () => boolean
  devicesOf: (productKey: string) => Iterable<BatchDevice>
  devicesOfGroup: (group: string) => Promise<ReadonlySet<number>>
}

/**
 * What a batch would do to how many devices if it were made now. `names` are those of a batch that names its devices. Throws
 * AppError as making it would.
 */
export async function previewBatch(spec: BatchSpec, context: PreviewContext, names: ReadonlySet<string> | null): Promise<BatchPreview> {
  const { store, rollouts, packages, applyLimits, devicesOf, devicesOfGroup } = context
  const { scope, sourceVersions } = spec
  const pack = packages.packageOf(spec.packageId)
  checkNewBatch(spec, pack, { now: rollouts.now(), others: rollouts.all(), applyLimits: applyLimits() })
  const inGroup = scope.kind === 'group' ? await devicesOfGroup(scope.group) : null
  const versions = await moduleVersions(store, pack)
  const conditions = { sourceVersions, differentialFrom: pack.sourceVersion, targetVersion: pack.targetVersion, named: names !== null }
  const preview: BatchPreview = { inScope: 0, onTarget: 0, otherVersion: 0, unreported: 0, fulfilling: 0, tasks: 0, offline: 0, conflicting: 0, overridden: 0 }
  let looked = 0
  for (const { deviceId, deviceName, online } of devicesOf(pack.productKey)) {
    if (++looked % devicesPerTurn === 0)
      await setImmediate()
    if (!(names?.has(deviceName) ?? true) || !(inGroup?.has(deviceId) ?? true))
      continue
    preview.inScope += 1
    const version = versions.get(deviceId)?.version ?? null
    if (!fulfils(conditions, version)) {
      preview[version === null ? 'unreported' : version === pack.targetVersion ? 'onTarget' : 'otherVersion'] += 1
      continue
    }
    preview.fulfilling += 1
    preview.offline += online ? 0 : 1
    const older = rollouts.tasks.ofDevice(deviceId).map(({ module, state }) => ({ module: module.toLowerCase(), state }))
    const { starts, cancelled } = settle(pack.module.toLowerCase(), older, spec, applyLimits())
    preview.conflicting += starts ? 0 : 1
    preview.overridden += cancelled.length > 0 ? 1 : 0
  }
  preview.tasks = spec.newlyReportedOnly ? 0 : scope.kind === 'phased' ? phasedCount(preview.fulfilling, scope.percent) : preview.fulfilling
  return preview
}
