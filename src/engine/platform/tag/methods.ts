import type { Tag } from '../../../shared/alink/tag.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCalls, FeatureDevice } from '../feature.ts'
import type { DeviceTags, TagChange } from './device-tags.ts'
import { AppError } from '../../../shared/errors.ts'
import { explainIssue } from '../../../shared/thing-model/explain.ts'
import { findCloudFaults, findFault } from './rules.ts'

export interface TagMethodContext {
  store: Pick<Store, 'upsert' | 'flush'>
  calls: Pick<DeviceCalls, 'note'>
  tags: DeviceTags
  now: () => number
  applyLimits: () => boolean
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'tag.list' | 'tag.set' | 'tag.delete'>

/** What the console and the command line can do with the tags of devices; in the trace under the names of the cloud's API. */
export function tagMethodHandlers({ store, calls, tags, now, applyLimits, requireDevice }: TagMethodContext): Handlers {
  const keep = async (changes: readonly TagChange[]): Promise<void> => {
    for (const { key, statement } of changes)
      store.upsert(key, statement)
    await store.flush()
  }
  return {
    'tag.list': ({ productKey, deviceName }) => ({ tags: tags.of(requireDevice(productKey, deviceName).deviceId) }),
    'tag.set': async ({ productKey, deviceName, tags: values }) => {
      const device = requireDevice(productKey, deviceName)
      const wanted = Object.entries(values).map(([key, value]): Tag => ({ key, value, domain: 'USER' }))
      const counts = tags.countWith(device.deviceId, wanted)
      const issue = findFault(wanted, counts) ?? (applyLimits() ? findCloudFaults(wanted, counts)[0] : undefined)
      if (issue !== undefined)
        throw new AppError('limit/reached', explainIssue(issue), { field: issue.path, expected: issue.expected, got: issue.got, platformCode: issue.code })
      calls.note(device, 'SaveDeviceProp', { Props: values })
      await keep(tags.set(device.deviceId, wanted, now()))
      return { tags: tags.of(device.deviceId) }
    },
    'tag.delete': async ({ productKey, deviceName, keys }) => {
      const device = requireDevice(productKey, deviceName)
      calls.note(device, 'DeleteDeviceProp', { PropKey: keys })
      await keep(tags.delete(device.deviceId, keys.flatMap(key => [{ key, domain: 'USER' as const }, { key, domain: 'SYSTEM' as const }])))
      return { tags: tags.of(device.deviceId) }
    },
  }
}
