import type { EndedTask, VersionDevice } from '../../../shared/contract/ota-statistics.ts'
import type { FailureCause } from '../../../shared/ota/task.ts'
import type { SqlValue, Statement } from '../../store/types.ts'
import { limits } from '../../../shared/limits.ts'

/** Each parameter is given once and has a name. */
function reportedOf(more = ''): string {
  return `(SELECT ? AS product_key, ? AS module${more}) p CROSS JOIN device d ON d.product_key = p.product_key
  JOIN device_version v ON v.device_id = d.device_id AND v.module = p.module WHERE d.deleted_at IS NULL`
}

/** The versions of a module by their number of devices, the most frequent first. Parameters: product key, module. */
export const selectVersionCounts: Statement<{ version: string, deviceCount: number }> = {
  name: 'otaStatistics.versions',
  sql: `SELECT v.version, count(*) AS devices FROM ${reportedOf()} GROUP BY v.version ORDER BY devices DESC, v.version LIMIT ${limits.statisticVersionsMax}`,
  map: row => ({ version: String(row.version), deviceCount: Number(row.devices) }),
}

/** Parameters: product key, product key, module. */
export const selectVersionTotals: Statement<{ deviceCount: number, reportedCount: number, versionCount: number }> = {
  name: 'otaStatistics.versionTotals',
  sql: `SELECT (SELECT count(*) FROM device WHERE product_key = ? AND deleted_at IS NULL) AS devices, count(*) AS reported, count(DISTINCT v.version) AS versions FROM ${reportedOf()}`,
  map: row => ({ deviceCount: Number(row.devices), reportedCount: Number(row.reported), versionCount: Number(row.versions) }),
}

/** Those of a version, or of any (null), without those of some others (JSON). */
const wantedDevices = `${reportedOf(', ? AS version, ? AS unwanted')} AND (p.version IS NULL OR v.version = p.version)
  AND v.version NOT IN (SELECT value FROM json_each(p.unwanted))`

/** Parameters: product key, module, version or null, unwanted versions as JSON, limit, offset. */
export const selectVersionDevices: Statement<VersionDevice> = {
  name: 'otaStatistics.versionDevices',
  sql: `SELECT d.device_name, v.version, v.reported_at FROM ${wantedDevices} ORDER BY d.device_name LIMIT ? OFFSET ?`,
  map: row => ({ deviceName: String(row.device_name), version: String(row.version), reportedAt: Number(row.reported_at) }),
}

/** Parameters: product key, module, version or null, unwanted versions as JSON. */
export const countVersionDevices: Statement<number> = {
  name: 'otaStatistics.countVersionDevices',
  sql: `SELECT count(*) AS devices FROM ${wantedDevices}`,
  map: row => Number(row.devices),
}

/** Batches of a package, or one of them; tasks that have succeeded or failed. */
function endedOf(more = ''): string {
  return `(SELECT ? AS package_id, ? AS batch_id${more}) p CROSS JOIN ota_batch b ON b.package_id = p.package_id AND (p.batch_id IS NULL OR b.batch_id = p.batch_id)
  CROSS JOIN ota_task t ON t.batch_id = b.batch_id AND t.state IN ('SUCCEEDED', 'FAILED')`
}

const textOrNull = (value: SqlValue | undefined): string | null => value === null || value === undefined ? null : String(value)

/** Parameters: package id, batch id or null. */
export const selectSources: Statement<{ sourceVersion: string | null, succeeded: number, failed: number }> = {
  name: 'otaStatistics.sources',
  sql: `SELECT t.source_version, count(*) FILTER (WHERE t.state = 'SUCCEEDED') AS succeeded, count(*) FILTER (WHERE t.state = 'FAILED') AS failed
    FROM ${endedOf()} GROUP BY t.source_version ORDER BY count(*) DESC, t.source_version LIMIT ${limits.statisticVersionsMax}`,
  map: row => ({ sourceVersion: textOrNull(row.source_version), succeeded: Number(row.succeeded), failed: Number(row.failed) }),
}

/** By the state and the cause. Parameters: package id, batch id or null. */
export const selectEndings: Statement<{ state: string, cause: FailureCause | null, count: number }> = {
  name: 'otaStatistics.endings',
  sql: `SELECT t.state, t.cause, count(*) AS tasks FROM ${endedOf()} GROUP BY t.state, t.cause ORDER BY tasks DESC, t.cause`,
  map: row => ({ state: String(row.state), cause: textOrNull(row.cause) as FailureCause | null, count: Number(row.tasks) }),
}

/** Those of a state, of a cause and of a source version, or of any (null), without those of some others (JSON); '' stands for no version. */
const wantedTasks = `${endedOf(', ? AS state, ? AS cause, ? AS source, ? AS unwanted')} WHERE (p.state IS NULL OR t.state = p.state)
  AND (p.cause IS NULL OR t.cause = p.cause) AND (p.source IS NULL OR coalesce(t.source_version, '') = p.source)
  AND coalesce(t.source_version, '') NOT IN (SELECT value FROM json_each(p.unwanted))`

/** Parameters: package id, batch id, state, cause, source version (each may be null), unwanted versions as JSON, limit, offset. */
export const selectEndedTasks: Statement<EndedTask> = {
  name: 'otaStatistics.tasks',
  sql: `SELECT t.task_id, t.batch_id, d.device_name, t.state, t.source_version, t.target_version, t.cause, t.remark, t.modified_at
    FROM (SELECT t.* FROM ${wantedTasks} ORDER BY t.task_id DESC LIMIT ? OFFSET ?) t LEFT JOIN device d ON d.device_id = t.device_id ORDER BY t.task_id DESC`,
  map: row => ({
    taskId: String(row.task_id),
    batchId: String(row.batch_id),
    deviceName: String(row.device_name ?? ''),
    state: String(row.state) as EndedTask['state'],
    sourceVersion: textOrNull(row.source_version),
    targetVersion: String(row.target_version),
    cause: textOrNull(row.cause) as FailureCause | null,
    remark: String(row.remark),
    modifiedAt: Number(row.modified_at),
  }),
}

/** Parameters: those of `selectEndedTasks` without the page. */
export const countEndedTasks: Statement<number> = {
  name: 'otaStatistics.countTasks',
  sql: `SELECT count(*) AS tasks FROM ${wantedTasks}`,
  map: row => Number(row.tasks),
}
