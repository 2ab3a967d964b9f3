import type { Router, RouteRecordRaw } from 'vue-router'
import { createRouter, createWebHashHistory } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Which entry of the rail the page belongs to. */
    nav?: 'home' | 'fleets' | 'scenarios' | 'products' | 'devices' | 'debug' | 'ota' | 'trace' | 'api' | 'settings'
    /** Plots or lists on the page follow the common time range, so the top bar offers it; lists can also show everything. */
    timeRange?: true | 'lists'
  }
}

/** Every page; its code is loaded when it is first opened. */
export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('../features/home/HomePage.vue'), meta: { nav: 'home' } },
  { path: '/simulate/:productKey?/:deviceName?', name: 'simulate', component: () => import('../features/simulation/SimulatePage.vue'), meta: { nav: 'debug' }, props: true },
  { path: '/firmware', name: 'firmware', component: () => import('../features/firmware/FirmwarePage.vue'), meta: { nav: 'debug' } },
  { path: '/debug/:productKey?/:deviceName?', name: 'debug', component: () => import('../features/debug/DebugPage.vue'), meta: { nav: 'debug' }, props: true },
  { path: '/fleets/:fleetId?', name: 'fleets', component: () => import('../features/fleet/FleetPage.vue'), meta: { nav: 'fleets' }, props: true },
  { path: '/runs', name: 'runs', component: () => import('../features/runs/RunsPage.vue'), meta: { nav: 'fleets' } },
  { path: '/runs/:runId', name: 'run', component: () => import('../features/runs/RunPage.vue'), meta: { nav: 'fleets' }, props: true },
  { path: '/scenarios/:place?/:name?', name: 'scenarios', component: () => import('../features/scenarios/ScenariosPage.vue'), meta: { nav: 'scenarios' }, props: true },
  { path: '/products', name: 'products', component: () => import('../features/products/ProductsPage.vue'), meta: { nav: 'products' } },
  { path: '/products/:productKey', name: 'product', component: () => import('../features/products/ProductPage.vue'), meta: { nav: 'products' }, props: true },
  { path: '/products/:productKey/model', name: 'product-model', component: () => import('../features/products/model-editor/ModelEditorPage.vue'), meta: { nav: 'products' }, props: true },
  { path: '/products/:productKey/config', name: 'product-config', component: () => import('../features/remote-config/RemoteConfigPage.vue'), meta: { nav: 'products' }, props: true },
  { path: '/devices', name: 'devices', component: () => import('../features/devices/DevicesPage.vue'), meta: { nav: 'devices' } },
  { path: '/groups/:groupId?', name: 'groups', component: () => import('../features/groups/GroupsPage.vue'), meta: { nav: 'devices' }, props: true },
  { path: '/devices/:productKey/:deviceName/:tab?', name: 'device', component: () => import('../features/devices/DevicePage.vue'), meta: { nav: 'devices', timeRange: true }, props: true },
  { path: '/clone/:productKey/:deviceName', name: 'clone', component: () => import('../features/clone/ClonePage.vue'), meta: { nav: 'devices' }, props: true },
  { path: '/ota/:tab?', name: 'ota', component: () => import('../features/ota/OtaPage.vue'), meta: { nav: 'ota' } },
  { path: '/ota/packages/:packageId', name: 'ota-package', component: () => import('../features/ota/PackagePage.vue'), meta: { nav: 'ota' }, props: true },
  { path: '/ota/batches/:batchId', name: 'ota-batch', component: () => import('../features/ota/batches/BatchPage.vue'), meta: { nav: 'ota' }, props: true },
  { path: '/trace', name: 'trace', component: () => import('../features/trace/TracePage.vue'), meta: { nav: 'trace', timeRange: 'lists' } },
  { path: '/replay', name: 'replay', component: () => import('../features/replay/ReplayPage.vue'), meta: { nav: 'trace' } },
  { path: '/log', name: 'log', component: () => import('../features/log/LogPage.vue'), meta: { nav: 'trace', timeRange: 'lists' } },
  { path: '/device-log', name: 'deviceLog', component: () => import('../features/log/DeviceLogPage.vue'), meta: { nav: 'trace', timeRange: 'lists' } },
  { path: '/codes/:code?/:group?', name: 'codes', component: () => import('../features/log/CodesPage.vue'), meta: { nav: 'trace' }, props: true },
  { path: '/faults', name: 'faults', component: () => import('../features/faults/FaultsPage.vue'), meta: { nav: 'devices' } },
  { path: '/api', name: 'api', component: () => import('../features/cloud-api/CallsPage.vue'), meta: { nav: 'api' } },
  { path: '/api/actions/:action?', name: 'api-actions', component: () => import('../features/cloud-api/ActionsPage.vue'), meta: { nav: 'api' }, props: true },
  { path: '/api/keys', name: 'api-keys', component: () => import('../features/cloud-api/KeysPage.vue'), meta: { nav: 'api' } },
  { path: '/settings', name: 'settings', component: () => import('../features/settings/SettingsPage.vue'), meta: { nav: 'settings' } },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./NotFoundPage.vue') },
]

/** Pages live in the address's fragment, so that any host can serve the page as plain files. */
export function createPageRouter(): Router {
  return createRouter({ history: createWebHashHistory(), routes })
}
