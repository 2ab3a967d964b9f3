import type { Action } from '../action.ts'
import { deviceAction } from '../action.ts'
import { pageCounts, pageOf, paging } from '../answers.ts'

/** What devices have reported of their modules. */
export const versionActions: Action[] = [
  deviceAction({
    name: 'ListOTAModuleVersionsByDevice',
    group: 'ota',
    about: 'Lists the versions that a device has reported of its modules, its firmware (the module default) first.',
    parameters: paging({ max: 100 }),
    answer: { CurrentPage: 'i', Data: { SimpleOTAModuleInfo: [{ DeviceName: 's', IotId: 's', ModuleName: 's', ModuleVersion: 's', ProductKey: 's' }] }, PageCount: 'i', PageSize: 'i', Total: 'i' },
    async run(page, { call, device: { productKey, deviceName, iotId } }) {
      const { versions } = await call('device.get', { productKey, deviceName })
      const infos = pageOf(versions, page).map(({ module, version }) => ({ DeviceName: deviceName, IotId: iotId, ModuleName: module, ModuleVersion: version, ProductKey: productKey }))
      return { CurrentPage: page.CurrentPage, Data: { SimpleOTAModuleInfo: infos }, ...pageCounts(page, versions.length) }
    },
  }),
]
