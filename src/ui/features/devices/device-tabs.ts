import type { Component } from 'vue'
import type { Device } from '../../../shared/contract/device.ts'
import type { Product } from '../../../shared/contract/product.ts'
import DeviceFiles from './DeviceFiles.vue'
import DeviceUpdates from './DeviceUpdates.vue'
import SubDevices from './SubDevices.vue'
import ConnectionsTab from './tabs/ConnectionsTab.vue'
import DesiredTab from './tabs/DesiredTab.vue'
import EventsTab from './tabs/EventsTab.vue'
import FaultsTab from './tabs/FaultsTab.vue'
import GatewayTab from './tabs/GatewayTab.vue'
import LocalLogTab from './tabs/LocalLogTab.vue'
import NetworkTab from './tabs/NetworkTab.vue'
import ServicesTab from './tabs/ServicesTab.vue'
import ShadowTab from './tabs/ShadowTab.vue'
import TagsTab from './tabs/TagsTab.vue'
import VersionsTab from './tabs/VersionsTab.vue'

/** A panel below a device's values, beside its messages. The component gets `productKey` and `deviceName`. */
export interface DeviceTab {
  /** Names the tab in the address, and its text, `device.sections.{name}`. */
  name: string
  component: Component
  /** Whether this device has such a thing at all; a tab that would always be empty is not shown. */
  isShown: (device: Device, product: Product | null) => boolean
}

const always = (): boolean => true

/** In the order of the tabs, after the messages, which every device has. */
export const deviceTabs: DeviceTab[] = [
  { name: 'connections', component: ConnectionsTab, isShown: always },
  { name: 'events', component: EventsTab, isShown: always },
  { name: 'services', component: ServicesTab, isShown: always },
  { name: 'desired', component: DesiredTab, isShown: always },
  { name: 'shadow', component: ShadowTab, isShown: always },
  { name: 'tags', component: TagsTab, isShown: always },
  { name: 'subDevices', component: SubDevices, isShown: (_device, product) => product?.nodeType === 'gateway' },
  { name: 'gateway', component: GatewayTab, isShown: (device, product) => device.gateway !== null || product?.nodeType === 'sub-device' },
  { name: 'files', component: DeviceFiles, isShown: always },
  { name: 'localLog', component: LocalLogTab, isShown: always },
  { name: 'network', component: NetworkTab, isShown: always },
  { name: 'versions', component: VersionsTab, isShown: always },
  { name: 'updates', component: DeviceUpdates, isShown: always },
  { name: 'faults', component: FaultsTab, isShown: always },
]
