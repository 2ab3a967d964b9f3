import type { Command } from './command.ts'
import { apiCall, apiList } from './api.ts'
import { certificate } from './certificate.ts'
import { debugActions, debugDelete, debugHistory, debugRun, debugSave } from './debug.ts'
import { deviceDesired, deviceInvoke, deviceSet } from './device-call.ts'
import { deviceConnections, deviceVersions } from './device-history.ts'
import { deviceCreate, deviceDelete, deviceDisable, deviceEnable, deviceList, deviceShow } from './device.ts'
import { explain } from './explain.ts'
import { faultClear, faultDisconnect, faultList, faultSet } from './fault.ts'
import { fileDelete, fileList, fileSave } from './file.ts'
import { firmwareCheck } from './firmware-check.ts'
import { fleetClone } from './fleet-clone.ts'
import { fleetCreate, fleetDelete, fleetList, fleetStart, fleetStop, fleetTest, fleetUpdate } from './fleet.ts'
import { groupAdd, groupCreate, groupDelete, groupDevices, groupList, groupRemove, groupUpdate } from './group.ts'
import { keyCreate, keyDelete, keyList } from './key.ts'
import { log } from './log.ts'
import { broadcast, devicePublish } from './message.ts'
import { modelDiff, modelDiscard, modelDraft, modelPublish, modelRestore, modelVersions } from './model.ts'
import { otaBatchCancel, otaBatchConfirm, otaBatchRetry, otaBatchTasks, otaBatchTimeline } from './ota-batch-tasks.ts'
import { otaBatchWatch } from './ota-batch-watch.ts'
import { otaBatchCreate, otaBatchList, otaBatchPause, otaBatchResume, otaBatchShow, otaBatchUpdate, otaVerify } from './ota-batch.ts'
import { otaGymRun, otaGymShow } from './ota-gym.ts'
import { otaModuleCreate, otaModuleDelete, otaModuleList, otaModuleUpdate } from './ota-module.ts'
import { otaPackageCreate, otaPackageDelete, otaPackageList, otaPackageShow } from './ota-package.ts'
import { preflightCommand } from './preflight.ts'
import { productCreate } from './product-create.ts'
import { productScript } from './product-script.ts'
import { productTopicAdd, productTopicList, productTopicRemove } from './product-topic.ts'
import { productExport, productImport, productList, productUpdate } from './product.ts'
import { configDisable, configEnable, configPush, configSet, configShow, configVersions } from './remote-config.ts'
import { replay } from './replay.ts'
import { run } from './run.ts'
import { runsDelete, runsList, runsPin, runsShow, runsUnpin } from './runs.ts'
import { scenarioCheck, scenarioList, scenarioSchema } from './scenario.ts'
import { seatPush } from './seat-push.ts'
import { seatAnswer, seatAnswers, seatLeave, seatRefuse, seatRequests } from './seat-requests.ts'
import { seatInbox, seatSubscribe, seatUnsubscribe } from './seat-subscriptions.ts'
import { seatEvent, seatList, seatPost, seatPublish, seatStart, seatStop } from './seat.ts'
import { serve } from './serve.ts'
import { settingList, settingSet } from './setting.ts'
import { simulate } from './simulate.ts'
import { topologyAdd, topologyList, topologyNotify, topologyPermit, topologyRemove } from './topology.ts'
import { trace } from './trace.ts'
import { viewDelete, viewList, viewSave } from './view.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  simulate,
  fleetList,
  fleetCreate,
  fleetClone,
  fleetUpdate,
  fleetStart,
  fleetStop,
  fleetTest,
  fleetDelete,
  preflightCommand,
  runsList,
  runsShow,
  runsPin,
  runsUnpin,
  runsDelete,
  run,
  replay,
  scenarioList,
  scenarioCheck,
  scenarioSchema,
  productCreate,
  productImport,
  productList,
  productExport,
  productUpdate,
  modelDraft,
  modelPublish,
  modelDiscard,
  modelVersions,
  modelRestore,
  modelDiff,
  productTopicList,
  productTopicAdd,
  productTopicRemove,
  productScript,
  configSet,
  configShow,
  configVersions,
  configPush,
  configEnable,
  configDisable,
  deviceCreate,
  deviceList,
  deviceShow,
  deviceConnections,
  deviceVersions,
  deviceSet,
  deviceDesired,
  deviceInvoke,
  devicePublish,
  debugRun,
  debugActions,
  debugSave,
  debugDelete,
  debugHistory,
  seatList,
  seatStart,
  seatStop,
  seatPost,
  seatEvent,
  seatPublish,
  seatPush,
  seatSubscribe,
  seatUnsubscribe,
  seatInbox,
  seatRequests,
  seatAnswer,
  seatRefuse,
  seatLeave,
  seatAnswers,
  deviceDisable,
  deviceEnable,
  deviceDelete,
  firmwareCheck,
  topologyList,
  topologyAdd,
  topologyRemove,
  topologyNotify,
  topologyPermit,
  fileList,
  fileSave,
  fileDelete,
  groupList,
  groupCreate,
  groupUpdate,
  groupDelete,
  groupAdd,
  groupRemove,
  groupDevices,
  otaModuleList,
  otaModuleCreate,
  otaModuleUpdate,
  otaModuleDelete,
  otaPackageCreate,
  otaPackageList,
  otaPackageShow,
  otaPackageDelete,
  otaVerify,
  otaBatchCreate,
  otaBatchList,
  otaBatchShow,
  otaBatchTasks,
  otaBatchTimeline,
  otaBatchWatch,
  otaBatchUpdate,
  otaBatchPause,
  otaBatchResume,
  otaBatchConfirm,
  otaBatchRetry,
  otaBatchCancel,
  otaGymRun,
  otaGymShow,
  faultSet,
  faultList,
  faultClear,
  faultDisconnect,
  broadcast,
  trace,
  certificate,
  log,
  explain,
  viewList,
  viewSave,
  viewDelete,
  settingList,
  settingSet,
  keyCreate,
  keyList,
  keyDelete,
  apiList,
  apiCall,
]
