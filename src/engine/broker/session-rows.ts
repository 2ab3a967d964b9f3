import type { BoundStatement, SqlValue, Statement } from '../store/types.ts'
import type { HeldMessage, Session, Subscription } from './session.ts'
import { isJsonObject } from '../../shared/json.ts'

/** Persistent sessions and the QoS 1 messages that wait in them. */
export const sessionTables = `
CREATE TABLE mqtt_session (
  device_id     INTEGER PRIMARY KEY,
  expiry_ms     INTEGER NOT NULL,
  -- When it ends unless the device comes back; NULL while it is connected.
  expires_at    INTEGER,
  -- {"filter": [qos, subscription identifier]}
  subscriptions TEXT NOT NULL
);
CREATE TABLE mqtt_queued (
  seq        INTEGER PRIMARY KEY,
  device_id  INTEGER NOT NULL,
  topic      TEXT NOT NULL,
  payload    BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  has_expiry INTEGER NOT NULL
);
CREATE INDEX mqtt_queued_device ON mqtt_queued (device_id);
`

/** The MQTT 5 properties of a waiting message came later. */
export const queuedPropertiesColumn = 'ALTER TABLE mqtt_queued ADD COLUMN properties BLOB;'

export interface SessionRow {
  deviceId: number
  expiryMs: number
  expiresAt: number | null
  subscriptions: Map<string, Subscription>
}

/** Parameters: the last device id read, rows at most. */
export const selectSessions: Statement<SessionRow> = {
  name: 'mqtt_session.select',
  sql: 'SELECT device_id, expiry_ms, expires_at, subscriptions FROM mqtt_session WHERE device_id > ? ORDER BY device_id LIMIT ?',
  map: row => ({
    deviceId: Number(row.device_id),
    expiryMs: Number(row.expiry_ms),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    subscriptions: readSubscriptions(row.subscriptions ?? ''),
  }),
}

export interface QueuedRow extends Omit<HeldMessage, 'packetId'> { deviceId: number }

/** Parameters: the last sequence number read, rows at most. */
export const selectQueued: Statement<QueuedRow> = {
  name: 'mqtt_queued.select',
  sql: 'SELECT seq, device_id, topic, payload, expires_at, has_expiry, properties FROM mqtt_queued WHERE seq > ? ORDER BY seq LIMIT ?',
  map: row => ({
    seq: Number(row.seq),
    deviceId: Number(row.device_id),
    topic: String(row.topic),
    payload: row.payload as Uint8Array,
    expiresAt: Number(row.expires_at),
    hasExpiry: Number(row.has_expiry) === 1,
    properties: row.properties as Uint8Array | null,
  }),
}

const upsertSessionStatement: Statement = {
  name: 'mqtt_session.upsert',
  sql: 'INSERT OR REPLACE INTO mqtt_session (device_id, expiry_ms, expires_at, subscriptions) VALUES (?, ?, ?, ?)',
}
const deleteSessionStatement: Statement = { name: 'mqtt_session.delete', sql: 'DELETE FROM mqtt_session WHERE device_id = ?' }
const insertQueuedStatement: Statement = {
  name: 'mqtt_queued.insert',
  sql: 'INSERT OR REPLACE INTO mqtt_queued (seq, device_id, topic, payload, expires_at, has_expiry, properties) VALUES (?, ?, ?, ?, ?, ?, ?)',
}
const deleteQueuedStatement: Statement = { name: 'mqtt_queued.delete', sql: 'DELETE FROM mqtt_queued WHERE seq = ?' }
const deleteQueuedOfDeviceStatement: Statement = { name: 'mqtt_queued.deleteOfDevice', sql: 'DELETE FROM mqtt_queued WHERE device_id = ?' }

/** Keeps what outlives a connection: expiry in milliseconds and as an instant, and each subscription's QoS, identifier and time. */
export function upsertSession(session: Session): BoundStatement {
  const subscriptions: Record<string, [number, number, number | null]> = {}
  for (const [filter, { qos, id, at }] of session.subscriptions ?? [])
    subscriptions[filter] = [qos, id, at]
  return {
    statement: upsertSessionStatement,
    params: [session.deviceId, session.expiryMs, session.expiresAt, JSON.stringify(subscriptions)],
  }
}

/** Forgets the session of a device and everything that waits for it. */
export function deleteSession(deviceId: number): BoundStatement[] {
  return [{ statement: deleteSessionStatement, params: [deviceId] }, { statement: deleteQueuedOfDeviceStatement, params: [deviceId] }]
}

/** Keeps a QoS 1 message for a device that is away or has no room, under its number in the order of sending. */
export function insertQueued(deviceId: number, { seq, topic, payload, expiresAt, hasExpiry, properties }: HeldMessage): BoundStatement {
  return { statement: insertQueuedStatement, params: [seq, deviceId, topic, payload, expiresAt, hasExpiry ? 1 : 0, properties] }
}

/** Lets go of a kept message: the device has acknowledged it, or its time is over. */
export function deleteQueued(seq: number): BoundStatement {
  return { statement: deleteQueuedStatement, params: [seq] }
}

/** A row that somebody has edited into nonsense costs its subscriptions, never the start. */
function readSubscriptions(text: SqlValue): Map<string, Subscription> {
  const subscriptions = new Map<string, Subscription>()
  const stored = parseJson(String(text))
  if (!isJsonObject(stored))
    return subscriptions
  for (const [filter, value] of Object.entries(stored)) {
    const [qos, id, at] = Array.isArray(value) ? value : []
    subscriptions.set(filter, { qos: qos === 1 ? 1 : 0, id: typeof id === 'number' ? id : 0, at: typeof at === 'number' ? at : null })
  }
  return subscriptions
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  }
  catch {
    return null
  }
}
