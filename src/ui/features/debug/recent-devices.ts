import type { Ref } from 'vue'
import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import { useLocalStorage } from '@vueuse/core'

const recentMax = 10

/** The devices that were worked with last in this browser, the newest first. */
export function useRecentDevices(): { recent: Ref<DeviceIdentity[]>, remember: (device: DeviceIdentity) => void, forget: (device: DeviceIdentity) => void } {
  const recent = useLocalStorage<DeviceIdentity[]>('thingbench.debug.recent', [])
  const without = ({ productKey, deviceName }: DeviceIdentity): DeviceIdentity[] => recent.value.filter(one => one.productKey !== productKey || one.deviceName !== deviceName)
  return {
    recent,
    remember: ({ productKey, deviceName }) => recent.value = [{ productKey, deviceName }, ...without({ productKey, deviceName })].slice(0, recentMax),
    forget: device => recent.value = without(device),
  }
}
