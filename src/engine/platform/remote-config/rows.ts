import type { ConfigVersion } from '../../../shared/contract/remote-config.ts'
import type { Statement } from '../../store/types.ts'

/** Remote configurations of products: switch and last push, saved versions, how far devices have come, and the key that signs addresses. */
export const remoteConfigTables = `
CREATE TABLE remote_config (
  product_key    TEXT PRIMARY KEY,
  enabled        INTEGER NOT NULL,
  pushed_version INTEGER,
  pushed_sign    TEXT,
  pushed_at      INTEGER,
  sent_count     INTEGER NOT NULL,
  online_count   INTEGER NOT NULL,
  device_count   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE remote_config_version (
  product_key TEXT NOT NULL,
  version     INTEGER NOT NULL,
  config_id   TEXT NOT NULL UNIQUE,
  text        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  sign        TEXT NOT NULL,
  saved_at    INTEGER NOT NULL,
  PRIMARY KEY (product_key, version)
) WITHOUT ROWID;
CREATE TABLE remote_config_device (
  device_id       INTEGER PRIMARY KEY,
  product_key     TEXT NOT NULL,
  pushed_version  INTEGER,
  pushed_at       INTEGER,
  push_id         TEXT,
  push_trace_id   INTEGER,
  answer_code     INTEGER,
  answered_at     INTEGER,
  asked_at        INTEGER,
  fetched_version INTEGER,
  fetched_at      INTEGER
);
CREATE TABLE remote_config_key (
  secret TEXT NOT NULL
);
`

export interface ConfigRow {
  productKey: string
  isEnabled: boolean
  /** The last push to all devices: the version, its digest, when it began and whom it reached. */
  pushedVersion: number | null
  pushedSign: string | null
  pushedAt: number | null
  sentCount: number
  onlineCount: number
  deviceCount: number
}

/** How far a device has come; null for what has not happened. */
export interface ConfigDeviceRow {
  deviceId: number
  productKey: string
  pushedVersion: number | null
  pushedAt: number | null
  /** Id of the message of the last push, and its row in the trace. */
  pushId: string | null
  pushTraceId: number | null
  answerCode: number | null
  answeredAt: number | null
  askedAt: number | null
  fetchedVersion: number | null
  fetchedAt: number | null
}

/** Every product that has ever been switched on or pushed to. */
export const selectConfigs: Statement<ConfigRow> = {
  name: 'remoteConfig.select',
  sql: 'SELECT product_key, enabled, pushed_version, pushed_sign, pushed_at, sent_count, online_count, device_count FROM remote_config',
  map: row => ({
    productKey: String(row.product_key),
    isEnabled: row.enabled === 1,
    pushedVersion: toNumber(row.pushed_version),
    pushedSign: row.pushed_sign === null ? null : String(row.pushed_sign),
    pushedAt: toNumber(row.pushed_at),
    sentCount: Number(row.sent_count),
    onlineCount: Number(row.online_count),
    deviceCount: Number(row.device_count),
  }),
}

/** Parameters: product key, switch, version, digest and time of the last push, devices sent to, online and in all. */
export const upsertConfig: Statement = {
  name: 'remoteConfig.upsert',
  sql: 'INSERT OR REPLACE INTO remote_config (product_key, enabled, pushed_version, pushed_sign, pushed_at, sent_count, online_count, device_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
}

/** Every version without its text, oldest first. */
export const selectConfigVersions: Statement<ConfigVersion & { productKey: string }> = {
  name: 'remoteConfig.selectVersions',
  sql: 'SELECT product_key, version, config_id, size, sign, saved_at FROM remote_config_version ORDER BY product_key, version',
  map: row => ({
    productKey: String(row.product_key),
    version: Number(row.version),
    configId: String(row.config_id),
    size: Number(row.size),
    sign: String(row.sign),
    savedAt: Number(row.saved_at),
  }),
}

/** Parameter: configuration id. */
export const selectConfigText: Statement<{ text: string }> = {
  name: 'remoteConfig.selectText',
  sql: 'SELECT text FROM remote_config_version WHERE config_id = ?',
  map: row => ({ text: String(row.text) }),
}

/** Parameters: product key, version, configuration id, text, size, digest, time. */
export const insertConfigVersion: Statement = {
  name: 'remoteConfig.insertVersion',
  sql: 'INSERT INTO remote_config_version (product_key, version, config_id, text, size, sign, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
}

/** Parameter: configuration id. */
export const deleteConfigVersion: Statement = { name: 'remoteConfig.deleteVersion', sql: 'DELETE FROM remote_config_version WHERE config_id = ?' }

/** Every device that has had to do with a configuration. */
export const selectConfigDevices: Statement<ConfigDeviceRow> = {
  name: 'remoteConfig.selectDevices',
  sql: 'SELECT device_id, product_key, pushed_version, pushed_at, push_id, push_trace_id, answer_code, answered_at, asked_at, fetched_version, fetched_at FROM remote_config_device',
  map: row => ({
    deviceId: Number(row.device_id),
    productKey: String(row.product_key),
    pushedVersion: toNumber(row.pushed_version),
    pushedAt: toNumber(row.pushed_at),
    pushId: row.push_id === null ? null : String(row.push_id),
    pushTraceId: toNumber(row.push_trace_id),
    answerCode: toNumber(row.answer_code),
    answeredAt: toNumber(row.answered_at),
    askedAt: toNumber(row.asked_at),
    fetchedVersion: toNumber(row.fetched_version),
    fetchedAt: toNumber(row.fetched_at),
  }),
}

/** Parameters: the members of a {@link ConfigDeviceRow} in their order. */
export const upsertConfigDevice: Statement = {
  name: 'remoteConfig.upsertDevice',
  sql: `INSERT OR REPLACE INTO remote_config_device (device_id, product_key, pushed_version, pushed_at, push_id, push_trace_id, answer_code, answered_at, asked_at, fetched_version, fetched_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
}

/** Parameter: device id. */
export const deleteConfigDevice: Statement = { name: 'remoteConfig.deleteDevice', sql: 'DELETE FROM remote_config_device WHERE device_id = ?' }

/** Parameter of each: product key. */
export const deleteConfigsOfProduct: readonly Statement[] = [
  { name: 'remoteConfig.delete', sql: 'DELETE FROM remote_config WHERE product_key = ?' },
  { name: 'remoteConfig.deleteVersions', sql: 'DELETE FROM remote_config_version WHERE product_key = ?' },
  { name: 'remoteConfig.deleteDevices', sql: 'DELETE FROM remote_config_device WHERE product_key = ?' },
]

/** The key that signs addresses; none before the first start. */
export const selectConfigKey: Statement<{ secret: string }> = {
  name: 'remoteConfig.selectKey',
  sql: 'SELECT secret FROM remote_config_key',
  map: row => ({ secret: String(row.secret) }),
}

/** Parameter: the key. */
export const insertConfigKey: Statement = { name: 'remoteConfig.insertKey', sql: 'INSERT INTO remote_config_key (secret) VALUES (?)' }

function toNumber(value: unknown): number | null {
  return value === null ? null : Number(value)
}
