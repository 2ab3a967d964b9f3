import type { Component } from 'vue'
import type { Device } from '../../../shared/contract/device.ts'
import type { Product } from '../../../shared/contract/product.ts'
import DeviceFiles from './DeviceFiles.vue'
import DeviceUpdates from './DeviceUpdates.vue'
import SubDevices from './SubDevices.vue'

/** A panel below a device's values, beside its messages. The component gets `productKey` and `deviceName`. */
export interface DeviceTab {
  /** Names the tab's text, `device.sections.{name}`. */
  name: string
  component: Component
  /** Whether this device has such a thing at all; a tab that would always be empty is not shown. */
  isShown: (device: Device, product: Product | null) => boolean
}

/** In the order of the tabs, after the messages, which every device has. */
export const deviceTabs: DeviceTab[] = [
  { name: 'subDevices', component: SubDevices, isShown: (_device, product) => product?.nodeType === 'gateway' },
  { name: 'updates', component: DeviceUpdates, isShown: () => true },
  { name: 'files', component: DeviceFiles, isShown: () => true },
]
