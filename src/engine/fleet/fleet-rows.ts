import type { FleetSettings } from '../../shared/contract/fleet.ts'
import type { Statement } from '../store/types.ts'

/** Fleets as they were set up, so that a start resumes what ran. */
export const fleetTables = `
CREATE TABLE fleet (
  fleet_id    TEXT PRIMARY KEY,
  product_key TEXT NOT NULL,
  prefix      TEXT NOT NULL,
  settings    TEXT NOT NULL,
  running     INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL
) WITHOUT ROWID;
`

export interface FleetRow {
  fleetId: string
  productKey: string
  prefix: string
  settings: FleetSettings
  running: boolean
  createdAt: number
}

export const selectFleets: Statement<FleetRow> = {
  name: 'fleet.select',
  sql: 'SELECT fleet_id, product_key, prefix, settings, running, created_at FROM fleet ORDER BY created_at, fleet_id',
  map: row => ({
    fleetId: String(row.fleet_id),
    productKey: String(row.product_key),
    prefix: String(row.prefix),
    settings: JSON.parse(String(row.settings)) as FleetSettings,
    running: row.running === 1,
    createdAt: Number(row.created_at),
  }),
}

/** Parameters: id, product key, prefix, settings as JSON, running, created at. */
export const upsertFleet: Statement = {
  name: 'fleet.upsert',
  sql: `INSERT INTO fleet (fleet_id, product_key, prefix, settings, running, created_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (fleet_id) DO UPDATE SET settings = excluded.settings, running = excluded.running`,
}

/** Parameter: fleet id. */
export const deleteFleet: Statement = { name: 'fleet.delete', sql: 'DELETE FROM fleet WHERE fleet_id = ?' }
