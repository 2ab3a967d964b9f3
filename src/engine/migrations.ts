import type { Migration } from './store/types.ts'
import { queuedPropertiesColumn, sessionTables } from './broker/session-rows.ts'
import { fleetTables } from './fleet/fleet-rows.ts'
import { openApiTables } from './openapi/rows.ts'
import { deviceCommandTables } from './platform/command/rows.ts'
import { connectionTables } from './platform/connection/rows.ts'
import { debugActionTables } from './platform/debug-action/rows.ts'
import { desiredTables } from './platform/desired/rows.ts'
import { deviceBatchTables } from './platform/device-batch/rows.ts'
import { deviceLogTables } from './platform/device-log/rows.ts'
import { deviceNicknameColumns, deviceTables } from './platform/device/rows.ts'
import { platformFaultTables } from './platform/fault/rows.ts'
import { fileTables } from './platform/file/rows.ts'
import { firmwareCheckTables } from './platform/firmware-check/rows.ts'
import { groupTables } from './platform/group/rows.ts'
import { networkStatusTables } from './platform/network-status/rows.ts'
import { batchPauseColumn, otaBatchTables, otaTaskOrder } from './platform/ota-batch/rows.ts'
import { otaExerciseTables, otaGymRunTables } from './platform/ota-gym/rows.ts'
import { otaPackageTables } from './platform/ota-package/rows.ts'
import { versionTables } from './platform/ota/rows.ts'
import { versionChangeTables } from './platform/ota/version-rows.ts'
import { productTagTables } from './platform/product-tag/rows.ts'
import { modelTables } from './platform/product/model-rows.ts'
import { productFactsColumns, productFormatColumn, productModuleTables, productRegistrationColumn, productTables } from './platform/product/rows.ts'
import { deviceTokenTables } from './platform/registration/rows.ts'
import { remoteConfigTables } from './platform/remote-config/rows.ts'
import { savedViewTables } from './platform/saved-view/rows.ts'
import { productScriptTables } from './platform/script/rows.ts'
import { serviceCallTables } from './platform/service/rows.ts'
import { settingTables } from './platform/settings/rows.ts'
import { shadowTables } from './platform/shadow/rows.ts'
import { subscriptionTables } from './platform/subscription/rows.ts'
import { tagTables } from './platform/tag/rows.ts'
import { propertyValueTables } from './platform/thing/history-rows.ts'
import { eventTables, latestTables } from './platform/thing/rows.ts'
import { topicTables } from './platform/topic/rows.ts'
import { topologyTables } from './platform/topology/rows.ts'
import { runTables } from './runs/rows.ts'
import { simulationTables } from './simulation/rows.ts'

/** Numbered steps of the registry database; a step that has been released is never changed, only followed. */
export const migrations: Migration[] = [
  productTables,
  deviceTables,
  settingTables,
  latestTables,
  sessionTables,
  fleetTables,
  eventTables,
  serviceCallTables,
  desiredTables,
  productModuleTables,
  productRegistrationColumn,
  deviceTokenTables,
  tagTables,
  shadowTables,
  deviceLogTables,
  networkStatusTables,
  topologyTables,
  topicTables,
  groupTables,
  versionTables,
  fileTables,
  modelTables,
  productFormatColumn,
  productScriptTables,
  openApiTables,
  queuedPropertiesColumn,
  subscriptionTables,
  deviceNicknameColumns,
  deviceBatchTables,
  productFactsColumns,
  productTagTables,
  propertyValueTables,
  otaPackageTables,
  otaBatchTables,
  remoteConfigTables,
  batchPauseColumn,
  otaExerciseTables,
  otaTaskOrder,
  otaGymRunTables,
  savedViewTables,
  platformFaultTables,
  connectionTables,
  versionChangeTables,
  simulationTables,
  deviceCommandTables,
  debugActionTables,
  firmwareCheckTables,
  runTables,
]
  .map((sql, index) => ({ version: index + 1, name: /CREATE TABLE (\w+)/.exec(sql)?.[1] ?? `step ${index + 1}`, sql }))
