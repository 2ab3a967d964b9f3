import type { Action } from './action.ts'
import { clientIdActions } from './actions/client-ids.ts'
import { deviceBatchActions } from './actions/device-batches.ts'
import { deviceSearchActions } from './actions/device-search.ts'
import { deviceTagActions } from './actions/device-tags.ts'
import { deviceActions } from './actions/devices.ts'
import { fileActions } from './actions/files.ts'
import { groupActions } from './actions/groups.ts'
import { historyActions } from './actions/history.ts'
import { logActions } from './actions/logs.ts'
import { messageActions } from './actions/messages.ts'
import { otaJobActions } from './actions/ota-jobs.ts'
import { otaPackageActions } from './actions/ota-packages.ts'
import { otaTaskActions } from './actions/ota-tasks.ts'
import { productTagActions } from './actions/product-tags.ts'
import { productActions } from './actions/products.ts'
import { propertyActions } from './actions/properties.ts'
import { scriptActions } from './actions/scripts.ts'
import { serviceActions } from './actions/services.ts'
import { shadowActions } from './actions/shadow.ts'
import { thingModelActions } from './actions/thing-models.ts'
import { topicCategoryActions } from './actions/topic-categories.ts'
import { topologyActions } from './actions/topology.ts'
import { versionActions } from './actions/versions.ts'
import { cloudActions } from './cloud-actions.ts'

/** Every action of the cloud's API that is served, declared once: routing, checks, the page's form and the fidelity sheet derive from it. */
export const actions: readonly Action[] = [...productActions, ...productTagActions, ...topicCategoryActions, ...thingModelActions, ...scriptActions, ...topologyActions, ...shadowActions, ...messageActions, ...fileActions, ...versionActions, ...logActions, ...deviceActions, ...deviceSearchActions, ...deviceBatchActions, ...deviceTagActions, ...clientIdActions, ...groupActions, ...propertyActions, ...historyActions, ...serviceActions, ...otaPackageActions, ...otaJobActions, ...otaTaskActions]

/** The cloud's actions that are refused as not implemented. */
export const absentActions: readonly string[] = [...cloudActions].filter(name => !actions.some(action => action.name === name))
