import type { NetworkStatus } from '../../../shared/contract/network-status.ts'
import type { Statement } from '../../store/types.ts'
import { parseErrorStats } from '../../../shared/alink/network-status.ts'
import { limits } from '../../../shared/limits.ts'

/** Network reports; `at` is when it was measured, or reported where that is not told. Each new one lets the one that is too many go. */
export const networkStatusTables = `
CREATE TABLE network_status (
  status_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id    INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  reported_at  INTEGER NOT NULL,
  collected_at INTEGER,
  rssi         REAL,
  snr          REAL,
  packet_loss  REAL,
  error_stats  TEXT NOT NULL
);
CREATE INDEX network_status_time ON network_status (device_id, at, status_id);
CREATE TRIGGER network_status_limit AFTER INSERT ON network_status BEGIN
  DELETE FROM network_status WHERE status_id <= NEW.status_id - ${limits.networkStatusesKeptMax};
END;
`

/** Parameters: device id, time, reported at, collected at, RSSI, SNR, packet loss, error statistics. */
export const insertNetworkStatus: Statement = {
  name: 'networkStatus.insert',
  sql: 'INSERT INTO network_status (device_id, at, reported_at, collected_at, rssi, snr, packet_loss, error_stats) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
}

const numberOf = (value: unknown): number | null => value === null ? null : Number(value)

/** Newest first. Parameters: device id; first and last time; time and id before which to begin; how many. */
export const selectNetworkStatuses: Statement<NetworkStatus & { at: number }> = {
  name: 'networkStatus.select',
  sql: `SELECT status_id, at, reported_at, collected_at, rssi, snr, packet_loss, error_stats FROM network_status
    WHERE device_id = ? AND at BETWEEN ? AND ? AND (at, status_id) < (?, ?)
    ORDER BY at DESC, status_id DESC LIMIT ?`,
  map: row => ({
    statusId: Number(row.status_id),
    at: Number(row.at),
    reportedAt: Number(row.reported_at),
    collectedAt: numberOf(row.collected_at),
    rssiDbm: numberOf(row.rssi),
    snrDb: numberOf(row.snr),
    packetLossPerMille: numberOf(row.packet_loss),
    connection: 'Wi-Fi',
    errors: parseErrorStats(String(row.error_stats)),
  }),
}

/** Parameter: device id. */
export const deleteNetworkStatuses: Statement = { name: 'networkStatus.deleteOfDevice', sql: 'DELETE FROM network_status WHERE device_id = ?' }
