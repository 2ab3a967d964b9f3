import type { FleetSettings } from '../../shared/contract/fleet.ts'
import type { Statement } from '../store/types.ts'
import { defaultConversation } from '../../shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../shared/contract/fleet-life.ts'
import { plainReport } from '../../shared/contract/fleet-report.ts'
import { localTarget } from '../../shared/contract/fleet-target.ts'
import { defaultConfigConduct, defaultUpdates } from '../../shared/contract/fleet-updates.ts'

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
    settings: readSettings(String(row.settings)),
    running: row.running === 1,
    createdAt: Number(row.created_at),
  }),
}

/** What fleets of older versions lack is as for a new fleet; their firmware version was part of the conversation. */
function readSettings(text: string): FleetSettings {
  const settings = JSON.parse(text) as OldSettings
  const { firmwareVersion = defaultUpdates.version, ...conversation } = settings.conversation ?? {}
  return {
    ...settings,
    transport: settings.transport ?? 'tcp',
    conversation: { ...defaultConversation, ...conversation, events: { ...defaultConversation.events, ...conversation.events } },
    updates: { ...defaultUpdates, version: firmwareVersion, ...settings.updates },
    config: { ...defaultConfigConduct, ...settings.config },
    network: settings.network ?? null,
    misbehaviour: settings.misbehaviour ?? [],
    report: { ...plainReport, ...settings.report },
    life: { ...defaultLife, ...settings.life },
    stopAfter: settings.stopAfter ?? null,
    target: settings.target ?? localTarget,
  }
}

interface OldSettings extends Omit<FleetSettings, 'transport' | 'conversation' | 'updates' | 'config' | 'network' | 'misbehaviour' | 'report' | 'life' | 'stopAfter' | 'target'> {
  transport?: FleetSettings['transport']
  conversation?: Partial<FleetSettings['conversation'] & { firmwareVersion: string }>
  updates?: Partial<FleetSettings['updates']>
  config?: Partial<FleetSettings['config']>
  network?: FleetSettings['network']
  misbehaviour?: FleetSettings['misbehaviour']
  report?: Partial<FleetSettings['report']>
  life?: Partial<FleetSettings['life']>
  stopAfter?: FleetSettings['stopAfter']
  target?: FleetSettings['target']
}

/** Parameters: id, product key, prefix, settings as JSON, running, created at. */
export const upsertFleet: Statement = {
  name: 'fleet.upsert',
  sql: `INSERT INTO fleet (fleet_id, product_key, prefix, settings, running, created_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (fleet_id) DO UPDATE SET settings = excluded.settings, running = excluded.running`,
}

/** Parameter: fleet id. */
export const deleteFleet: Statement = { name: 'fleet.delete', sql: 'DELETE FROM fleet WHERE fleet_id = ?' }
