import type { Store } from '../../store/types.ts'
import type { BatchRow } from './types.ts'
import { selectModuleVersions } from './rows.ts'

/** Versions read at a time. */
const versionsAtOnce = 2_000

export interface ReportedVersion { version: string, reportedAt: number }

/** What the devices of a product reported of a module, also what is still on its way to the rows, by the id of the device. */
export async function moduleVersions(store: Pick<Store, 'read' | 'flush'>, { productKey, module }: Pick<BatchRow, 'productKey' | 'module'>): Promise<Map<number, ReportedVersion>> {
  await store.flush()
  const versions = new Map<number, ReportedVersion>()
  for (let after: number | undefined = 0; after !== undefined;) {
    const rows: ({ deviceId: number } & ReportedVersion)[] = await store.read(selectModuleVersions, [productKey, module, after, versionsAtOnce])
    for (const { deviceId, version, reportedAt } of rows)
      versions.set(deviceId, { version, reportedAt })
    after = rows.length < versionsAtOnce ? undefined : rows.at(-1)?.deviceId
  }
  return versions
}
