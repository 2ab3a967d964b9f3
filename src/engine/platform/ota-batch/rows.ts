import type { BatchState, TaskReason } from '../../../shared/contract/batch.ts'
import type { FailureCause, TaskState } from '../../../shared/ota/task.ts'
import type { SqlValue, Statement } from '../../store/types.ts'
import type { BatchRow, EventRow, StoredSpec, TaskRow } from './types.ts'

/** Batches of updates, the task of each device in them, and what happened to each task. Names of devices are JSON, null when not named. */
export const otaBatchTables = `
CREATE TABLE ota_batch (
  batch_id       TEXT PRIMARY KEY,
  package_id     TEXT NOT NULL,
  product_key    TEXT NOT NULL,
  module         TEXT NOT NULL,
  target_version TEXT NOT NULL,
  spec           TEXT NOT NULL,
  state          TEXT NOT NULL,
  selecting      INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  started_at     INTEGER,
  ended_at       INTEGER,
  modified_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE ota_batch_names (
  batch_id TEXT PRIMARY KEY,
  names    TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE ota_task (
  task_id        INTEGER PRIMARY KEY,
  batch_id       TEXT NOT NULL,
  device_id      INTEGER NOT NULL,
  module         TEXT NOT NULL,
  state          TEXT NOT NULL,
  source_version TEXT,
  target_version TEXT NOT NULL,
  percent        INTEGER NOT NULL,
  started_at     INTEGER,
  retries        INTEGER NOT NULL,
  retry_at       INTEGER,
  cause          TEXT,
  remark         TEXT NOT NULL,
  timeout_ms     INTEGER,
  notified_at    INTEGER,
  created_at     INTEGER NOT NULL,
  modified_at    INTEGER NOT NULL
);
CREATE INDEX ota_task_batch ON ota_task (batch_id, state, notified_at);
CREATE INDEX ota_task_device ON ota_task (device_id);
CREATE INDEX ota_task_unfinished ON ota_task (task_id) WHERE state IN ('CONFIRM', 'QUEUED', 'NOTIFIED', 'IN_PROGRESS');
CREATE TABLE ota_task_event (
  event_id INTEGER PRIMARY KEY,
  task_id  INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  event    TEXT NOT NULL,
  state    TEXT NOT NULL,
  remark   TEXT NOT NULL,
  trace_id INTEGER
);
CREATE INDEX ota_task_event_task ON ota_task_event (task_id);
`

/** Pages of tasks in order of their ids, of one state or any, without sorting all of a batch. */
export const otaTaskOrder = `
DROP INDEX ota_task_batch;
CREATE INDEX ota_task_of_batch ON ota_task (batch_id);
CREATE INDEX ota_task_in_state ON ota_task (batch_id, state);
`
/** Batches can be paused. */
export const batchPauseColumn = 'ALTER TABLE ota_batch ADD COLUMN paused_at INTEGER;'

const orNull = (value: SqlValue | undefined): number | null => value === null || value === undefined ? null : Number(value)
const textOrNull = (value: SqlValue | undefined): string | null => value === null || value === undefined ? null : String(value)

/** All batches, oldest first. */
export const selectBatches: Statement<BatchRow> = {
  name: 'otaBatch.select',
  sql: 'SELECT * FROM ota_batch ORDER BY created_at, batch_id',
  map: row => ({
    batchId: String(row.batch_id),
    packageId: String(row.package_id),
    productKey: String(row.product_key),
    module: String(row.module),
    targetVersion: String(row.target_version),
    spec: JSON.parse(String(row.spec)) as StoredSpec,
    state: String(row.state) as BatchState,
    selecting: row.selecting === 1,
    createdAt: Number(row.created_at),
    startedAt: orNull(row.started_at),
    endedAt: orNull(row.ended_at),
    pausedAt: orNull(row.paused_at),
    modifiedAt: Number(row.modified_at),
  }),
}

/** Parameters: those of `batchParams`. */
export const upsertBatch: Statement = {
  name: 'otaBatch.upsert',
  sql: `INSERT INTO ota_batch (batch_id, package_id, product_key, module, target_version, spec, state, selecting, created_at, started_at, ended_at, paused_at, modified_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (batch_id) DO UPDATE SET spec = excluded.spec, state = excluded.state, selecting = excluded.selecting,
      started_at = excluded.started_at, ended_at = excluded.ended_at, paused_at = excluded.paused_at, modified_at = excluded.modified_at`,
}

/** Shapes a batch for `upsertBatch`. */
export function batchParams(batch: BatchRow): SqlValue[] {
  return [batch.batchId, batch.packageId, batch.productKey, batch.module, batch.targetVersion, JSON.stringify(batch.spec), batch.state, batch.selecting ? 1 : 0, batch.createdAt, batch.startedAt, batch.endedAt, batch.pausedAt, batch.modifiedAt]
}

/** Parameters: batch id, names as JSON. */
export const insertNames: Statement = { name: 'otaBatch.insertNames', sql: 'INSERT INTO ota_batch_names (batch_id, names) VALUES (?, ?)' }

/** The devices that a batch names. Parameter: batch id. */
export const selectNames: Statement<string[]> = {
  name: 'otaBatch.selectNames',
  sql: 'SELECT names FROM ota_batch_names WHERE batch_id = ?',
  map: row => JSON.parse(String(row.names)) as string[],
}

function toTask(row: Record<string, SqlValue>): TaskRow {
  return {
    taskId: Number(row.task_id),
    batchId: String(row.batch_id),
    deviceId: Number(row.device_id),
    module: String(row.module),
    state: String(row.state) as TaskState,
    sourceVersion: textOrNull(row.source_version),
    targetVersion: String(row.target_version),
    percent: Number(row.percent),
    startedAt: orNull(row.started_at),
    retries: Number(row.retries),
    retryAt: orNull(row.retry_at),
    cause: textOrNull(row.cause) as FailureCause | null,
    remark: String(row.remark),
    timeoutMs: orNull(row.timeout_ms),
    notifiedAt: orNull(row.notified_at),
    createdAt: Number(row.created_at),
    modifiedAt: Number(row.modified_at),
  }
}

/** Tasks that may still change, oldest first. Parameters: the id before the first one, how many at most. */
export const selectUnfinished: Statement<TaskRow> = {
  name: 'otaTask.selectUnfinished',
  sql: `SELECT * FROM ota_task WHERE state IN ('CONFIRM', 'QUEUED', 'NOTIFIED', 'IN_PROGRESS') AND task_id > ? ORDER BY task_id LIMIT ?`,
  map: toTask,
}

/** Parameters: those of `taskParams`. */
export const upsertTask: Statement = {
  name: 'otaTask.upsert',
  sql: `INSERT INTO ota_task (task_id, batch_id, device_id, module, state, source_version, target_version, percent, started_at, retries, retry_at, cause, remark, timeout_ms, notified_at, created_at, modified_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (task_id) DO UPDATE SET state = excluded.state, source_version = excluded.source_version, percent = excluded.percent,
      started_at = excluded.started_at, retries = excluded.retries, retry_at = excluded.retry_at, cause = excluded.cause, remark = excluded.remark,
      timeout_ms = excluded.timeout_ms, notified_at = excluded.notified_at, modified_at = excluded.modified_at`,
}

/** Shapes a task for `upsertTask`. */
export function taskParams(task: TaskRow): SqlValue[] {
  return [task.taskId, task.batchId, task.deviceId, task.module, task.state, task.sourceVersion, task.targetVersion, task.percent, task.startedAt, task.retries, task.retryAt, task.cause, task.remark, task.timeoutMs, task.notifiedAt, task.createdAt, task.modifiedAt]
}

/** How many tasks of each batch are in which state, and how many of those devices were told; at the start only. */
export const countTasks: Statement<{ batchId: string, state: TaskState, count: number, notified: number }> = {
  name: 'otaTask.count',
  sql: 'SELECT batch_id, state, count(*) AS tasks, count(notified_at) AS notified FROM ota_task GROUP BY batch_id, state',
  map: row => ({ batchId: String(row.batch_id), state: String(row.state) as TaskState, count: Number(row.tasks), notified: Number(row.notified) }),
}

/** How often a batch has made a task for each device, and whether the last one failed. Parameter: batch id. */
export const selectMatches: Statement<{ deviceId: number, count: number, lastFailed: boolean }> = {
  name: 'otaTask.selectMatches',
  // A plain column beside max() is that of the row with the greatest id.
  sql: 'SELECT device_id, count(*) AS tasks, max(task_id), state FROM ota_task WHERE batch_id = ? GROUP BY device_id',
  map: row => ({ deviceId: Number(row.device_id), count: Number(row.tasks), lastFailed: row.state === 'FAILED' }),
}

/** What tasks are looked for by: so that an index serves it, each way has its own statement. */
type TaskKey = 'batch' | 'device' | 'both' | 'state' | 'package'
/** States between blanks; empty: any. */
const inStates = `instr(coalesce(nullif(?, ''), ' CONFIRM QUEUED NOTIFIED IN_PROGRESS SUCCEEDED FAILED CANCELED '), ' ' || state || ' ') > 0`
const wheres: Record<TaskKey, string> = {
  batch: `batch_id = ? AND ${inStates}`,
  device: `device_id = ? AND ${inStates}`,
  both: `+batch_id = ? AND device_id = ? AND ${inStates}`,
  state: 'batch_id = ? AND state = ?',
  package: `batch_id IN (SELECT batch_id FROM ota_batch WHERE package_id = ?) AND ${inStates}`,
}

const reasonOfTask = `coalesce(cause, '') || char(10) || remark`
const forReason = `coalesce(nullif(?, ''), ${reasonOfTask}) = ${reasonOfTask}`
const named = `(? = '' OR device_id IN (SELECT device_id FROM device WHERE instr(lower(device_name), lower(?)) > 0))`

function taskQuery(by: TaskKey): { oldest: Statement<TaskRow>, newest: Statement<TaskRow>, count: Statement<number> } {
  const where = `${wheres[by]} AND ${forReason} AND ${named}`
  const page = (order: string): Statement<TaskRow> => ({ name: `otaTask.selectBy.${by}${order}`, sql: `SELECT * FROM ota_task WHERE ${where} ORDER BY task_id${order} LIMIT ? OFFSET ?`, map: toTask })
  return {
    oldest: page(''),
    newest: page(' DESC'),
    count: { name: `otaTask.countBy.${by}`, sql: `SELECT count(*) AS tasks FROM ota_task WHERE ${where}`, map: row => Number(row.tasks) },
  }
}

/**
 * Tasks of a batch, of a device, of both, of a batch in one state, or of a package; the oldest or the newest first. Parameters: batch id, device
 * id, package id (those that the key has), states between blanks (empty: any) or the state itself, a reason as `reasonKey` makes it (empty: any),
 * twice a part of the device's name; of a page also limit and offset.
 */
export const taskQueries: Record<TaskKey, ReturnType<typeof taskQuery>> = { batch: taskQuery('batch'), device: taskQuery('device'), both: taskQuery('both'), state: taskQuery('state'), package: taskQuery('package') }

/** A reason as the queries of tasks take it. */
export function reasonKey({ cause, remark }: { cause: FailureCause | null, remark: string }): string {
  return `${cause ?? ''}\n${remark}`
}

/** Why tasks of a batch ended, the most frequent reason first. Parameter: batch id. */
export const selectReasons: Statement<TaskReason> = {
  name: 'otaTask.selectReasons',
  sql: `SELECT state, cause, remark, count(*) AS tasks FROM ota_task WHERE batch_id = ? AND state IN ('FAILED', 'CANCELED')
    GROUP BY state, cause, remark ORDER BY tasks DESC, state DESC, remark`,
  map: row => ({ state: String(row.state) as TaskReason['state'], cause: textOrNull(row.cause) as FailureCause | null, remark: String(row.remark), count: Number(row.tasks) }),
}

/** The tasks of a batch that ended in some states. Parameters: batch id, states between blanks, a reason as `reasonKey` makes it (empty: any). */
export const selectEndedIds: Statement<number> = {
  name: 'otaTask.selectEndedIds',
  sql: `SELECT task_id FROM ota_task WHERE batch_id = ? AND ${inStates} AND ${forReason} ORDER BY task_id`,
  map: row => Number(row.task_id),
}

/** Tasks by their ids. Parameter: ids as JSON. */
export const selectTasks: Statement<TaskRow> = {
  name: 'otaTask.selectSome',
  sql: 'SELECT * FROM ota_task WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id',
  map: toTask,
}

/** Parameter: task id. */
export const selectTask: Statement<TaskRow> = { name: 'otaTask.selectOne', sql: 'SELECT * FROM ota_task WHERE task_id = ?', map: toTask }

/** The batches with a task for a device. Parameter: device id. */
export const selectBatchesOfDevice: Statement<string> = {
  name: 'otaTask.selectBatchesOfDevice',
  sql: 'SELECT DISTINCT batch_id FROM ota_task WHERE device_id = ?',
  map: row => String(row.batch_id),
}

/** The greatest ids that are taken. */
export const selectLastIds: Statement<{ taskId: number, eventId: number }> = {
  name: 'otaTask.selectLastIds',
  sql: 'SELECT (SELECT max(task_id) FROM ota_task) AS task_id, (SELECT max(event_id) FROM ota_task_event) AS event_id',
  map: row => ({ taskId: Number(row.task_id ?? 0), eventId: Number(row.event_id ?? 0) }),
}

/** Parameters: event id, task id, time, event, state, remark, trace id. */
export const upsertEvent: Statement = {
  name: 'otaTaskEvent.upsert',
  sql: `INSERT INTO ota_task_event (event_id, task_id, at, event, state, remark, trace_id) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (event_id) DO UPDATE SET trace_id = excluded.trace_id`,
}

/** The timeline of a task. Parameter: task id. */
export const selectEvents: Statement<EventRow> = {
  name: 'otaTaskEvent.select',
  sql: 'SELECT event_id, task_id, at, event, state, remark, trace_id FROM ota_task_event WHERE task_id = ? ORDER BY event_id',
  map: row => ({
    eventId: Number(row.event_id),
    taskId: Number(row.task_id),
    at: Number(row.at),
    event: String(row.event),
    state: String(row.state) as TaskState,
    remark: String(row.remark),
    traceId: orNull(row.trace_id),
  }),
}

/** What devices of a product reported of a module, in order of their ids. Parameters: product key, module, the id before the first one, how many at most. */
export const selectModuleVersions: Statement<{ deviceId: number, version: string, reportedAt: number }> = {
  name: 'version.selectOfModule',
  // A cross join keeps the order of the tables, so that a page is read from where the last one ended.
  sql: `SELECT v.device_id, v.version, v.reported_at FROM device_version v CROSS JOIN device d ON d.device_id = v.device_id
    WHERE d.product_key = ? AND v.module = ? AND v.device_id > ? AND d.deleted_at IS NULL ORDER BY v.device_id LIMIT ?`,
  map: row => ({ deviceId: Number(row.device_id), version: String(row.version), reportedAt: Number(row.reported_at) }),
}

/** Everything of the batches of a product. Parameter: product key. */
export const deleteOfProduct: Statement[] = [
  { name: 'otaTaskEvent.deleteOfProduct', sql: 'DELETE FROM ota_task_event WHERE task_id IN (SELECT task_id FROM ota_task WHERE batch_id IN (SELECT batch_id FROM ota_batch WHERE product_key = ?))' },
  { name: 'otaTask.deleteOfProduct', sql: 'DELETE FROM ota_task WHERE batch_id IN (SELECT batch_id FROM ota_batch WHERE product_key = ?)' },
  { name: 'otaBatch.deleteNamesOfProduct', sql: 'DELETE FROM ota_batch_names WHERE batch_id IN (SELECT batch_id FROM ota_batch WHERE product_key = ?)' },
  { name: 'otaBatch.deleteOfProduct', sql: 'DELETE FROM ota_batch WHERE product_key = ?' },
]
