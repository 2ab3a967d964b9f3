import type { ActionGroup } from '../../src/shared/contract/openapi.ts'
import type { Call, Rule } from './fidelity.ts'
import { absentActions, actions } from '../../src/engine/openapi/actions.ts'
import { actionGroups } from '../../src/shared/contract/openapi.ts'
import { devicesApi } from './openapi/devices.ts'
import { apiDoor } from './openapi/door.ts'
import { fileAndLogApi } from './openapi/files-and-logs.ts'
import { groupsApi } from './openapi/groups.ts'
import { historyApi } from './openapi/history.ts'
import { messageApi } from './openapi/messages.ts'
import { otaJobsApi } from './openapi/ota-jobs.ts'
import { otaPackagesApi } from './openapi/ota-packages.ts'
import { productsApi } from './openapi/products.ts'
import { propertiesApi } from './openapi/properties.ts'
import { thingModelsApi } from './openapi/thing-models.ts'
import { topologyApi } from './openapi/topology.ts'

/** The actions of the cloud's API by name. */
export const callOfAction: Readonly<Record<string, Call>> = { ...productsApi, ...thingModelsApi, ...topologyApi, ...messageApi, ...fileAndLogApi, ...devicesApi, ...groupsApi, ...propertiesApi, ...historyApi, ...otaPackagesApi, ...otaJobsApi }

const titles: Record<ActionGroup, string> = {
  product: 'products',
  model: 'thing models and scripts',
  device: 'devices',
  property: 'properties, desired values and history',
  service: 'services',
  topology: 'topology',
  shadow: 'shadow',
  message: 'messages',
  group: 'groups',
  file: 'files of devices',
  ota: 'updates',
  log: 'logs',
}

/** A chapter for each group of actions; an action without a line fails the test of the sheet. */
export const apiChapters: readonly { title: string, rules: readonly Rule[] }[] = [
  { title: 'The cloud\'s API', rules: apiDoor },
  ...actionGroups.flatMap((group) => {
    const rules = actions.filter(action => action.group === group && action.name in callOfAction)
      .map(({ name, isLocal = false }): Rule => ({ name: `\`${name}\`${isLocal ? ' (not the cloud\'s)' : ''}`, ...callOfAction[name]! }))
    return rules.length === 0 ? [] : [{ title: `The cloud's API: ${titles[group]}`, rules }]
  }),
]

/** The actions that are not there, as a section of the sheet. */
export const absentSection = `## The cloud's API: what is not there\n\n${absentActions.length} actions of the cloud are refused with \`NotImplemented\`: ${absentActions.map(name => `\`${name}\``).join(', ')}.`
