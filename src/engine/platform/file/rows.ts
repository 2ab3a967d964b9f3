import type { ConflictStrategy } from '../../../shared/alink/file-upload.ts'
import type { Statement } from '../../store/types.ts'

/**
 * Files that devices have uploaded, whose contents lie in the workspace's folder `files` under their ids, and the uploads
 * that are under way or were over a short while ago.
 */
export const fileTables = `
CREATE TABLE device_file (
  file_id     TEXT PRIMARY KEY,
  device_id   INTEGER NOT NULL,
  name        TEXT NOT NULL,
  size        INTEGER NOT NULL,
  crc64       TEXT NOT NULL,
  uploaded_at INTEGER NOT NULL,
  extra       TEXT,
  UNIQUE (device_id, name)
) WITHOUT ROWID;
CREATE TABLE file_upload (
  upload_id  TEXT PRIMARY KEY,
  device_id  INTEGER NOT NULL,
  init_uid   TEXT,
  file_name  TEXT NOT NULL,
  file_size  INTEGER NOT NULL,
  strategy   TEXT NOT NULL,
  fic_value  TEXT,
  extra      TEXT,
  started_at INTEGER NOT NULL,
  ended_size INTEGER
) WITHOUT ROWID;
CREATE INDEX file_upload_device ON file_upload (device_id);
`

export interface FileRow {
  fileId: string
  deviceId: number
  name: string
  size: number
  /** CRC-64/XZ as 16 hex digits. */
  crc64: string
  uploadedAt: number
  /** What the device said about the file besides, as JSON; null for nothing. */
  extra: string | null
}

export interface UploadRow {
  uploadId: string
  deviceId: number
  initUid: string | null
  fileName: string
  /** -1: not known beforehand. */
  fileSize: number
  strategy: ConflictStrategy
  ficValue: string | null
  extra: string | null
  startedAt: number
  /** Bytes of an upload that is over; null while it is under way. */
  endedSize: number | null
}

/** All files of all devices. */
export const selectFiles: Statement<FileRow> = {
  name: 'file.select',
  sql: 'SELECT file_id, device_id, name, size, crc64, uploaded_at, extra FROM device_file',
  map: row => ({
    fileId: String(row.file_id),
    deviceId: Number(row.device_id),
    name: String(row.name),
    size: Number(row.size),
    crc64: String(row.crc64),
    uploadedAt: Number(row.uploaded_at),
    extra: textOf(row.extra),
  }),
}

/** All uploads of all devices, those begun first at the front. */
export const selectUploads: Statement<UploadRow> = {
  name: 'fileUpload.select',
  sql: `SELECT upload_id, device_id, init_uid, file_name, file_size, strategy, fic_value, extra, started_at, ended_size
    FROM file_upload ORDER BY started_at, upload_id`,
  map: row => ({
    uploadId: String(row.upload_id),
    deviceId: Number(row.device_id),
    initUid: textOf(row.init_uid),
    fileName: String(row.file_name),
    fileSize: Number(row.file_size),
    strategy: String(row.strategy) as ConflictStrategy,
    ficValue: textOf(row.fic_value),
    extra: textOf(row.extra),
    startedAt: Number(row.started_at),
    endedSize: row.ended_size === null ? null : Number(row.ended_size),
  }),
}

function textOf(value: unknown): string | null {
  return value === null ? null : String(value)
}

/** Parameters: upload id, device id, init uid, file name, file size, strategy, whole-file check, extra, start. */
export const insertUpload: Statement = {
  name: 'fileUpload.insert',
  sql: `INSERT INTO file_upload (upload_id, device_id, init_uid, file_name, file_size, strategy, fic_value, extra, started_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
}

/** Parameters: bytes, upload id. */
export const endUpload: Statement = { name: 'fileUpload.end', sql: 'UPDATE file_upload SET ended_size = ? WHERE upload_id = ?' }

/** Parameter: upload id. */
export const deleteUpload: Statement = { name: 'fileUpload.delete', sql: 'DELETE FROM file_upload WHERE upload_id = ?' }

/** Takes the place of a file of the same device and name. Parameters: file id, device id, name, size, CRC-64, time, extra. */
export const insertFile: Statement = {
  name: 'file.insert',
  sql: 'INSERT OR REPLACE INTO device_file (file_id, device_id, name, size, crc64, uploaded_at, extra) VALUES (?, ?, ?, ?, ?, ?, ?)',
}

/** Parameters: file id, device id. */
export const deleteFile: Statement = { name: 'file.delete', sql: 'DELETE FROM device_file WHERE file_id = ? AND device_id = ?' }

/** Parameter: device id. */
export const deleteFiles: Statement = { name: 'file.deleteOfDevice', sql: 'DELETE FROM device_file WHERE device_id = ?' }

/** Parameter: device id. */
export const deleteUploads: Statement = { name: 'fileUpload.deleteOfDevice', sql: 'DELETE FROM file_upload WHERE device_id = ?' }
