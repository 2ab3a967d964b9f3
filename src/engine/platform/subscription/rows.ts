import type { Statement } from '../../store/types.ts'

/** What the platform has subscribed devices to on an application's behalf. */
export const subscriptionTables = `
CREATE TABLE device_subscription (
  device_id INTEGER NOT NULL,
  filter    TEXT NOT NULL,
  made_at   INTEGER NOT NULL,
  PRIMARY KEY (device_id, filter)
) WITHOUT ROWID;
`

export interface SubscriptionRow { deviceId: number, filter: string, madeAt: number }

/** All subscriptions that the platform has made. */
export const selectSubscriptions: Statement<SubscriptionRow> = {
  name: 'subscription.select',
  sql: 'SELECT device_id, filter, made_at FROM device_subscription ORDER BY device_id, made_at',
  map: row => ({ deviceId: Number(row.device_id), filter: String(row.filter), madeAt: Number(row.made_at) }),
}

/** Parameters: device id, filter, made at. */
export const upsertSubscription: Statement = {
  name: 'subscription.upsert',
  sql: `INSERT INTO device_subscription (device_id, filter, made_at) VALUES (?, ?, ?)
    ON CONFLICT (device_id, filter) DO UPDATE SET made_at = excluded.made_at`,
}

/** Parameters: device id, filter. */
export const deleteSubscription: Statement = { name: 'subscription.delete', sql: 'DELETE FROM device_subscription WHERE device_id = ? AND filter = ?' }

/** Parameter: device id. */
export const deleteSubscriptions: Statement = { name: 'subscription.deleteOfDevice', sql: 'DELETE FROM device_subscription WHERE device_id = ?' }
