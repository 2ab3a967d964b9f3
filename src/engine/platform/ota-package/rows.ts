import type { OtaModule, OtaPackage, OtaPackageFile } from '../../../shared/contract/ota-package.ts'
import type { Statement } from '../../store/types.ts'

/** Modules, update packages with their files, the key pairs for secure update, and what signs the addresses of downloads. */
export const otaPackageTables = `
CREATE TABLE ota_module (
  product_key TEXT NOT NULL,
  name        TEXT NOT NULL,
  alias       TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  PRIMARY KEY (product_key, name)
) WITHOUT ROWID;
CREATE TABLE ota_package (
  package_id      TEXT PRIMARY KEY,
  name            TEXT NOT NULL UNIQUE,
  product_key     TEXT NOT NULL,
  module          TEXT NOT NULL,
  kind            TEXT NOT NULL,
  version         TEXT NOT NULL,
  source_version  TEXT,
  sign_method     TEXT NOT NULL,
  state           TEXT NOT NULL,
  verify_progress INTEGER NOT NULL,
  description     TEXT NOT NULL,
  udi             TEXT NOT NULL,
  files           TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  modified_at     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE ota_security (
  product_key TEXT PRIMARY KEY,
  is_on       INTEGER NOT NULL,
  private_key TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE ota_url_key (
  id     INTEGER PRIMARY KEY,
  secret TEXT NOT NULL
);
`

/** All modules that were made; the default ones have no row unless they were changed. */
export const selectModules: Statement<OtaModule> = {
  name: 'otaModule.select',
  sql: 'SELECT product_key, name, alias, description, created_at, modified_at FROM ota_module ORDER BY created_at, name',
  map: row => ({
    productKey: String(row.product_key),
    name: String(row.name),
    alias: String(row.alias),
    description: String(row.description),
    createdAt: Number(row.created_at),
    modifiedAt: Number(row.modified_at),
  }),
}

/** Parameters: product key, name, alias, description, created at, modified at. */
export const upsertModule: Statement = {
  name: 'otaModule.upsert',
  sql: `INSERT INTO ota_module (product_key, name, alias, description, created_at, modified_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (product_key, name) DO UPDATE SET alias = excluded.alias, description = excluded.description, modified_at = excluded.modified_at`,
}

/** Parameters: product key, name. */
export const deleteModule: Statement = { name: 'otaModule.delete', sql: 'DELETE FROM ota_module WHERE product_key = ? AND name = ?' }

/** Parameter: product key. */
export const deleteModulesOfProduct: Statement = { name: 'otaModule.deleteOfProduct', sql: 'DELETE FROM ota_module WHERE product_key = ?' }

/** All packages, oldest first. */
export const selectPackages: Statement<OtaPackage> = {
  name: 'otaPackage.select',
  sql: `SELECT package_id, name, product_key, module, kind, version, source_version, sign_method, state, verify_progress, description, udi, files, created_at, modified_at
    FROM ota_package ORDER BY created_at, package_id`,
  map: row => ({
    packageId: String(row.package_id),
    name: String(row.name),
    productKey: String(row.product_key),
    module: String(row.module),
    kind: String(row.kind) as OtaPackage['kind'],
    version: String(row.version),
    sourceVersion: row.source_version === null ? null : String(row.source_version),
    signMethod: String(row.sign_method) as OtaPackage['signMethod'],
    state: String(row.state) as OtaPackage['state'],
    verifyProgress: Number(row.verify_progress),
    description: String(row.description),
    udi: String(row.udi),
    files: JSON.parse(String(row.files)) as OtaPackageFile[],
    createdAt: Number(row.created_at),
    modifiedAt: Number(row.modified_at),
  }),
}

/** Parameters: id, name, product key, module, kind, version, source version, sign method, state, progress, description, udi, files as JSON, created at, modified at. */
export const upsertPackage: Statement = {
  name: 'otaPackage.upsert',
  sql: `INSERT INTO ota_package (package_id, name, product_key, module, kind, version, source_version, sign_method, state, verify_progress, description, udi, files, created_at, modified_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (package_id) DO UPDATE SET name = excluded.name, state = excluded.state, verify_progress = excluded.verify_progress,
      description = excluded.description, udi = excluded.udi, modified_at = excluded.modified_at`,
}

/** Parameter: package id. */
export const deletePackage: Statement = { name: 'otaPackage.delete', sql: 'DELETE FROM ota_package WHERE package_id = ?' }

/** The versions of a module that devices of a product have reported. Parameters: product key, module. */
export const selectReportedVersions: Statement<{ version: string, deviceCount: number }> = {
  name: 'otaModule.selectVersions',
  sql: `SELECT version, count(*) AS devices FROM device_version JOIN device USING (device_id)
    WHERE product_key = ? AND module = ? AND deleted_at IS NULL GROUP BY version ORDER BY devices DESC, version`,
  map: row => ({ version: String(row.version), deviceCount: Number(row.devices) }),
}

/** The key pairs of products, as PEM of the private key. */
export const selectSecurity: Statement<{ productKey: string, isOn: boolean, privateKey: string }> = {
  name: 'otaSecurity.select',
  sql: 'SELECT product_key, is_on, private_key FROM ota_security',
  map: row => ({ productKey: String(row.product_key), isOn: Number(row.is_on) === 1, privateKey: String(row.private_key) }),
}

/** Parameters: product key, whether it is on, private key. */
export const upsertSecurity: Statement = {
  name: 'otaSecurity.upsert',
  sql: 'INSERT INTO ota_security (product_key, is_on, private_key) VALUES (?, ?, ?) ON CONFLICT (product_key) DO UPDATE SET is_on = excluded.is_on',
}

/** Parameter: product key. */
export const deleteSecurity: Statement = { name: 'otaSecurity.delete', sql: 'DELETE FROM ota_security WHERE product_key = ?' }

export const selectUrlKey: Statement<{ secret: string }> = {
  name: 'otaUrlKey.select',
  sql: 'SELECT secret FROM ota_url_key',
  map: row => ({ secret: String(row.secret) }),
}

/** Parameter: the secret. */
export const insertUrlKey: Statement = { name: 'otaUrlKey.insert', sql: 'INSERT INTO ota_url_key (id, secret) VALUES (1, ?)' }
