import type { DeviceSummary } from '../../../../../src/shared/contract/device.ts'
import { expect, it } from 'vitest'
import { devicePageRows, DevicePages } from '../../../../../src/ui/features/devices/device-pages.ts'

const page = (name: string): DeviceSummary[] => Array.from({ length: devicePageRows }, (_, index) => ({ productKey: 'pk', deviceName: `${name}-${index}`, iotId: '', nickname: '', state: 'ONLINE', stateAt: 0, simulated: true, createdAt: 0, modifiedAt: 0, activatedAt: null, lastOnlineAt: null, lastOfflineAt: null }))

it('knows which pages a stretch of rows still needs', () => {
  const pages = new DevicePages()
  expect(pages.missing(0, 40)).toEqual([0])
  pages.put(0, page('a'), 1_000)
  expect(pages.missing(0, 40)).toEqual([])
  expect(pages.missing(devicePageRows - 10, devicePageRows + 10)).toEqual([1])
  expect([pages.row(3)?.deviceName, pages.row(devicePageRows), pages.total]).toEqual(['a-3', undefined, 1_000])
})

it('lets go of the pages that were not looked at for longest', () => {
  const pages = new DevicePages()
  for (let at = 0; at < 60; at++)
    pages.put(at, page(String(at)), 100_000)
  pages.missing(0, 10)
  pages.put(60, page('60'), 100_000)
  expect([pages.row(0)?.deviceName, pages.row(devicePageRows), pages.row(60 * devicePageRows)?.deviceName]).toEqual(['0-0', undefined, '60-0'])
})
