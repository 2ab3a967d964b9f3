import type { BatchPreview, BatchSpec } from '../../../shared/contract/batch.ts'
import type { BatchMethodContext } from './methods.ts'
import { settle } from '../../../shared/ota/conflict.ts'
import { selectModuleVersions } from './rows.ts'
import { checkNewBatch } from './rules.ts'
import { fulfils, phasedCount } from './selection.ts'

export type PreviewContext = Pick<BatchMethodContext, 'store' | 'rollouts' | 'packages' | 'applyLimits' | 'devicesOf' | 'devicesOfGroup'>

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
  // What devices said last may still be on its way to the rows.
  await store.flush()
  const versions = new Map((await store.read(selectModuleVersions, [pack.productKey, pack.module])).map(({ deviceId, version }) => [deviceId, version]))
  const conditions = { sourceVersions, differentialFrom: pack.sourceVersion, targetVersion: pack.targetVersion, named: names !== null }
  const preview: BatchPreview = { inScope: 0, onTarget: 0, otherVersion: 0, unreported: 0, fulfilling: 0, tasks: 0, offline: 0, conflicting: 0, overridden: 0 }
  for (const { deviceId, deviceName, online } of devicesOf(pack.productKey)) {
    if (!(names?.has(deviceName) ?? true) || !(inGroup?.has(deviceId) ?? true))
      continue
    preview.inScope += 1
    const version = versions.get(deviceId) ?? null
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
