import { cloneMessages } from '../features/clone/messages.ts'
import { cloudApiMessages } from '../features/cloud-api/messages.ts'
import { debugMessages } from '../features/debug/messages.ts'
import { deviceActionMessages } from '../features/devices/action-messages.ts'
import { deviceMessages } from '../features/devices/messages.ts'
import { subDeviceMessages } from '../features/devices/sub-device-messages.ts'
import { deviceTabMessages } from '../features/devices/tabs/messages.ts'
import { firmwareMessages } from '../features/firmware/messages.ts'
import { lifeMessages } from '../features/fleet/life-messages.ts'
import { fleetMessages } from '../features/fleet/messages.ts'
import { reportMessages } from '../features/fleet/report-messages.ts'
import { fleetTargetMessages } from '../features/fleet/target-messages.ts'
import { troubleMessages } from '../features/fleet/trouble-messages.ts'
import { groupMessages } from '../features/groups/messages.ts'
import { homeMessages } from '../features/home/messages.ts'
import { logMessages } from '../features/log/messages.ts'
import { batchMessages } from '../features/ota/batches/batch-messages.ts'
import { gymMessages } from '../features/ota/gym/messages.ts'
import { launchMessages } from '../features/ota/launch/messages.ts'
import { otaMessages } from '../features/ota/messages.ts'
import { otaStatisticsMessages } from '../features/ota/statistics/messages.ts'
import { productMessages } from '../features/products/messages.ts'
import { modelEditorMessages } from '../features/products/model-editor/messages.ts'
import { productTopicMessages } from '../features/products/topic-messages.ts'
import { remoteConfigMessages } from '../features/remote-config/messages.ts'
import { replayMessages } from '../features/replay/messages.ts'
import { runMessages } from '../features/runs/messages.ts'
import { scenarioMessages } from '../features/scenarios/messages.ts'
import { settingsMessages } from '../features/settings/messages.ts'
import { simulationMessages } from '../features/simulation/messages.ts'
import { traceMessages } from '../features/trace/messages.ts'
import { kitMessages } from '../kit/messages.ts'
import { behaviourMessages } from '../parts/behaviour/messages.ts'
import { copyAsMessages } from '../parts/copy-as/messages.ts'
import { debugTabMessages } from '../parts/debug-tabs/messages.ts'
import { faultMessages } from '../parts/faults/messages.ts'
import { journeyMessages } from '../parts/journey/messages.ts'
import { ladderMessages } from '../parts/ladder/messages.ts'
import { partMessages } from '../parts/messages.ts'
import { observeMessages } from '../parts/observe/messages.ts'
import { preflightMessages } from '../parts/preflight/messages.ts'
import { sendMessageMessages } from '../parts/send-message/messages.ts'
import { updateTaskMessages } from '../parts/update-task/messages.ts'
import { valueFormMessages } from '../parts/value-form/messages.ts'
import { sessionMessages } from '../session/messages.ts'
import { appMessages } from './messages.ts'

/** The parts of the page that bring words, in both languages. */
export const messageParts = [
  appMessages,
  sessionMessages,
  kitMessages,
  partMessages,
  faultMessages,
  journeyMessages,
  ladderMessages,
  behaviourMessages,
  copyAsMessages,
  debugTabMessages,
  valueFormMessages,
  sendMessageMessages,
  preflightMessages,
  homeMessages,
  firmwareMessages,
  simulationMessages,
  fleetMessages,
  reportMessages,
  lifeMessages,
  troubleMessages,
  fleetTargetMessages,
  replayMessages,
  runMessages,
  scenarioMessages,
  productMessages,
  modelEditorMessages,
  productTopicMessages,
  remoteConfigMessages,
  deviceMessages,
  debugMessages,
  subDeviceMessages,
  deviceActionMessages,
  deviceTabMessages,
  cloneMessages,
  groupMessages,
  otaMessages,
  batchMessages,
  updateTaskMessages,
  launchMessages,
  otaStatisticsMessages,
  gymMessages,
  traceMessages,
  observeMessages,
  logMessages,
  cloudApiMessages,
  settingsMessages,
]

export const messages = {
  en: Object.assign({}, ...messageParts.map(part => part.en)) as Record<string, never>,
  zh: Object.assign({}, ...messageParts.map(part => part.zh)) as Record<string, never>,
}
