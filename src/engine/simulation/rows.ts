import type { PushPolicy, SeatAnswers } from '../../shared/contract/device-simulation.ts'
import type { Statement } from '../store/types.ts'
import { defaultAnswers } from '../../shared/contract/device-simulation.ts'

/** Devices that the console simulates, and what each sends by itself. */
export const simulationTables = `
CREATE TABLE simulation_seat (
  device_id INTEGER PRIMARY KEY,
  running   INTEGER NOT NULL,
  settings  TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE simulation_policy (
  policy_id TEXT PRIMARY KEY,
  device_id INTEGER NOT NULL,
  body      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX simulation_policy_device ON simulation_policy (device_id);
`

/** What is kept of a seat besides its policies. */
export interface SeatSettings {
  returns: boolean
  answers: SeatAnswers
  subscriptions: { filter: string, qos: 0 | 1 }[]
}

/** A policy without what follows from the time. */
export type KeptPolicy = Omit<PushPolicy, 'nextAt'>

export const selectSeats: Statement<{ deviceId: number, running: boolean, settings: SeatSettings }> = {
  name: 'simulation.seats',
  sql: 'SELECT device_id, running, settings FROM simulation_seat ORDER BY device_id',
  map: (row) => {
    const settings = JSON.parse(String(row.settings)) as Partial<SeatSettings>
    return {
      deviceId: Number(row.device_id),
      running: row.running === 1,
      settings: { returns: false, subscriptions: [], ...settings, answers: { ...defaultAnswers, ...settings.answers } },
    }
  },
}

export const selectPolicies: Statement<{ deviceId: number, policy: KeptPolicy }> = {
  name: 'simulation.policies',
  sql: 'SELECT device_id, body FROM simulation_policy',
  map: row => ({ deviceId: Number(row.device_id), policy: JSON.parse(String(row.body)) as KeptPolicy }),
}

/** Parameters: device id, running, settings as JSON. */
export const upsertSeat: Statement = {
  name: 'simulation.upsertSeat',
  sql: `INSERT INTO simulation_seat (device_id, running, settings) VALUES (?, ?, ?)
    ON CONFLICT (device_id) DO UPDATE SET running = excluded.running, settings = excluded.settings`,
}

/** Parameters: policy id, device id, the policy as JSON. */
export const upsertPolicy: Statement = {
  name: 'simulation.upsertPolicy',
  sql: 'INSERT INTO simulation_policy (policy_id, device_id, body) VALUES (?, ?, ?) ON CONFLICT (policy_id) DO UPDATE SET body = excluded.body',
}

/** Parameter: policy id. */
export const deletePolicy: Statement = { name: 'simulation.deletePolicy', sql: 'DELETE FROM simulation_policy WHERE policy_id = ?' }

/** Parameter: device id. */
export const deleteSeat: Statement = { name: 'simulation.deleteSeat', sql: 'DELETE FROM simulation_seat WHERE device_id = ?' }

/** Parameter: device id. */
export const deletePoliciesOf: Statement = { name: 'simulation.deletePoliciesOf', sql: 'DELETE FROM simulation_policy WHERE device_id = ?' }
