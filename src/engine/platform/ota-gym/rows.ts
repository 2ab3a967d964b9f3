import type { Exercise, GymRun } from '../../../shared/contract/ota-gym.ts'
import type { Statement } from '../../store/types.ts'

/** Exercises of boards, each as a whole; what is still seen of a running one replaces it. */
export const otaExerciseTables = `
CREATE TABLE ota_exercise (
  exercise_id TEXT PRIMARY KEY,
  device_id   INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  body        TEXT NOT NULL
) WITHOUT ROWID;
`

/** Runs over simulated devices, with what their fleets were told. */
export const otaGymRunTables = `
CREATE TABLE ota_gym_run (
  batch_id   TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  body       TEXT NOT NULL
) WITHOUT ROWID;
`

/** All exercises, oldest first. */
export const selectExercises: Statement<{ deviceId: number, exercise: Exercise }> = {
  name: 'otaExercise.select',
  sql: 'SELECT device_id, body FROM ota_exercise ORDER BY started_at, exercise_id',
  map: row => ({ deviceId: Number(row.device_id), exercise: JSON.parse(String(row.body)) as Exercise }),
}

/** Parameters: exercise id, device id, start, the exercise as JSON. */
export const upsertExercise: Statement = {
  name: 'otaExercise.upsert',
  sql: `INSERT INTO ota_exercise (exercise_id, device_id, started_at, body) VALUES (?, ?, ?, ?)
    ON CONFLICT (exercise_id) DO UPDATE SET body = excluded.body`,
}

/** Parameter: exercise id. */
export const deleteExercise: Statement = { name: 'otaExercise.delete', sql: 'DELETE FROM ota_exercise WHERE exercise_id = ?' }

/** The newest runs, oldest first. Parameter: how many. */
export const selectRuns: Statement<GymRun> = {
  name: 'otaGymRun.select',
  sql: 'SELECT body FROM (SELECT * FROM ota_gym_run ORDER BY started_at DESC, batch_id LIMIT ?) ORDER BY started_at, batch_id',
  map: row => JSON.parse(String(row.body)) as GymRun,
}

/** Parameters: batch id, start, the run as JSON. */
export const insertRun: Statement = { name: 'otaGymRun.insert', sql: 'INSERT INTO ota_gym_run (batch_id, started_at, body) VALUES (?, ?, ?)' }

/** How many of the named devices of a product have reported a version of a module last. Parameters: product key, module, version, names as JSON. */
export const countAtVersion: Statement<number> = {
  name: 'otaGymRun.countAtVersion',
  sql: `SELECT count(*) AS devices FROM device_version v JOIN device d ON d.device_id = v.device_id
    WHERE d.product_key = ? AND v.module = ? AND v.version = ? AND d.deleted_at IS NULL AND d.device_name IN (SELECT value FROM json_each(?))`,
  map: row => Number(row.devices),
}
