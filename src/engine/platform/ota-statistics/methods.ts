import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Store } from '../../store/types.ts'
import { settle } from '../../store/settle.ts'
import { countEndedTasks, countVersionDevices, selectEndedTasks, selectEndings, selectSources, selectVersionCounts, selectVersionDevices, selectVersionTotals } from './rows.ts'

export interface OtaStatisticsContext {
  store: Pick<Store, 'read' | 'flush' | 'stats'>
  /** Throws AppError product/not-found or ota/module-not-found. */
  moduleName: (productKey: string, module: string) => string
  /** Throws AppError ota/package-not-found. */
  requirePackage: (packageId: string) => unknown
}

export type OtaStatisticsMethod = Extract<keyof EngineApi['methods'], `otaStatistics.${string}`>

/** What can be told of updates in numbers (platform rules OTA-137 to OTA-140); the database counts, rows stay where they are. */
export function otaStatisticsHandlers({ store, moduleName, requirePackage }: OtaStatisticsContext): Pick<EngineApi['methods'], OtaStatisticsMethod> {
  return {
    'otaStatistics.versions': async ({ productKey, module }) => {
      const params = [productKey, moduleName(productKey, module)]
      // What was reported a moment ago waits for the writer.
      await settle(store)
      const [versions, [totals]] = await Promise.all([store.read(selectVersionCounts, params), store.read(selectVersionTotals, [productKey, ...params])])
      const { deviceCount, reportedCount, versionCount } = totals!
      return { deviceCount, reportedCount, versions, moreVersions: versionCount - versions.length }
    },
    'otaStatistics.versionDevices': async ({ productKey, module, version, notVersions, offset, limit }) => {
      const wanted = [productKey, moduleName(productKey, module), version ?? null, JSON.stringify(notVersions)]
      await settle(store)
      const [devices, [total = 0]] = await Promise.all([store.read(selectVersionDevices, [...wanted, limit, offset]), store.read(countVersionDevices, wanted)])
      return { devices, total }
    },
    'otaStatistics.success': async ({ packageId, batchId }) => {
      requirePackage(packageId)
      const params = [packageId, batchId ?? null]
      await settle(store)
      const [sources, endings] = await Promise.all([store.read(selectSources, params), store.read(selectEndings, params)])
      const sum = (state: string): number => endings.reduce((total, ending) => total + (ending.state === state ? ending.count : 0), 0)
      return {
        succeeded: sum('SUCCEEDED'),
        failed: sum('FAILED'),
        sources,
        causes: endings.flatMap(({ state, cause, count }) => state === 'FAILED' && cause !== null ? [{ cause, count }] : []),
      }
    },
    'otaStatistics.tasks': async ({ packageId, batchId, state, cause, sourceVersion, notSourceVersions, offset, limit }) => {
      requirePackage(packageId)
      const wanted = [packageId, batchId ?? null, state ?? null, cause ?? null, sourceVersion === undefined ? null : sourceVersion ?? '', JSON.stringify(notSourceVersions.map(version => version ?? ''))]
      await settle(store)
      const [rows, [total = 0]] = await Promise.all([store.read(selectEndedTasks, [...wanted, limit, offset]), store.read(countEndedTasks, wanted)])
      return { tasks: rows, total }
    },
  }
}
