import type { Exercise } from '../../../shared/contract/ota-gym.ts'
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
