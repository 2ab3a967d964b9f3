import type { InjectionKey } from 'vue'
import type { DeviceView } from './use-device-live.ts'
import { inject, provide } from 'vue'

const key: InjectionKey<DeviceView> = Symbol('device view')

/** Gives the panels of a device's page the device as the page has it, so that each does not ask and follow it anew. */
export function provideDeviceView(view: DeviceView): void {
  provide(key, view)
}

/** The device of the page that a panel stands on. */
export function useDeviceView(): DeviceView {
  const view = inject(key)
  if (view === undefined)
    throw new Error('A panel of a device stands on no device\'s page.')
  return view
}
