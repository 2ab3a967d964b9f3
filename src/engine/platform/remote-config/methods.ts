import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceState } from '../../../shared/contract/device.ts'
import type { ConfigCounts, ConfigDevice, RemoteConfig } from '../../../shared/contract/remote-config.ts'
import type { ConfigPushContext } from './push.ts'
import type { ConfigDeviceRow } from './rows.ts'
import { createHash } from 'node:crypto'
import { limits } from '../../../shared/limits.ts'
import { pushConfig } from './push.ts'
import { nextPushAt, refuseText } from './rules.ts'

export interface ConfigMethodContext extends ConfigPushContext {
  makeConfigId: () => string
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  countDevices: (productKey: string) => { deviceCount: number, onlineCount: number }
  /** Name and state of a device; undefined for a deleted one. */
  present: (deviceId: number) => { deviceName: string, state: DeviceState } | undefined
  onChange: (productKey: string) => void
}

export type ConfigMethod = 'remoteConfig.get' | 'remoteConfig.setEnabled' | 'remoteConfig.save' | 'remoteConfig.version' | 'remoteConfig.push' | 'remoteConfig.devices'

/** What the console and the command line can do with remote configurations (platform chapter 9). */
export function remoteConfigMethodHandlers(context: ConfigMethodContext): Pick<EngineApi['methods'], ConfigMethod> {
  const { configurations, states, now, applyLimits, requireProduct, onChange } = context
  const show = (productKey: string): RemoteConfig => {
    const row = configurations.of(productKey)
    const versions = configurations.versionsOf(productKey)
    const current = versions.at(-1) ?? null
    const { pushedVersion, pushedSign, pushedAt, sentCount, onlineCount, deviceCount } = row
    return {
      isEnabled: row.isEnabled,
      current,
      earlier: versions.slice(0, -1).reverse(),
      lastPush: pushedVersion === null || pushedAt === null ? null : { version: pushedVersion, at: pushedAt, sentCount, onlineCount, deviceCount },
      nextPushAt: nextPushAt(row, now(), applyLimits()),
      isPushed: current !== null && current.sign === pushedSign,
      counts: countConfigDevices(context, productKey),
    }
  }
  return {
    'remoteConfig.get': ({ productKey }) => {
      requireProduct(productKey)
      return show(productKey)
    },
    'remoteConfig.setEnabled': async ({ productKey, enabled }) => {
      requireProduct(productKey)
      await configurations.set({ ...configurations.of(productKey), isEnabled: enabled })
      onChange(productKey)
      return show(productKey)
    },
    'remoteConfig.save': async ({ productKey, text }) => {
      requireProduct(productKey)
      refuseText(text, applyLimits())
      const sign = createHash('sha256').update(text).digest('hex')
      const newest = configurations.newestOf(productKey)
      // What is there already makes no version of its own.
      if (newest?.sign !== sign) {
        const version = { version: (newest?.version ?? 0) + 1, configId: context.makeConfigId(), size: Buffer.byteLength(text), sign, savedAt: now() }
        await configurations.add(productKey, version, text, applyLimits() ? limits.configVersionsMax : limits.configVersionsKeptMax)
        onChange(productKey)
      }
      return show(productKey)
    },
    'remoteConfig.version': async ({ productKey, version: number }) => {
      requireProduct(productKey)
      const version = configurations.get(productKey, number)
      const bytes = await configurations.bytesOf(version.configId)
      return { ...version, text: Buffer.from(bytes ?? []).toString('utf8') }
    },
    'remoteConfig.push': async ({ productKey, deviceNames, again }, { signal }) => {
      requireProduct(productKey)
      const push = await pushConfig(context, { productKey, deviceNames, again }, signal)
      onChange(productKey)
      return push
    },
    'remoteConfig.devices': ({ productKey, offset, limit }) => {
      requireProduct(productKey)
      const rows = states.all(productKey).sort((a, b) => lastAt(b) - lastAt(a) || a.deviceId - b.deviceId)
      return { devices: rows.slice(offset, offset + limit).flatMap(row => presentDevice(row, context.present(row.deviceId))), total: rows.length }
    },
  }
}

/** How many devices of a product are where. */
export function countConfigDevices({ configurations, states, countDevices }: Pick<ConfigMethodContext, 'configurations' | 'states' | 'countDevices'>, productKey: string): ConfigCounts {
  const newest = configurations.newestOf(productKey)?.version ?? 0
  const { deviceCount, onlineCount } = countDevices(productKey)
  const counts: ConfigCounts = { devices: deviceCount, online: onlineCount, fetchedNewest: 0, fetchedAny: 0, pushedNewest: 0, answeredNewest: 0 }
  for (const { pushedVersion, answeredAt, fetchedVersion } of states.all(productKey)) {
    const isPushed = pushedVersion === newest
    counts.fetchedAny += fetchedVersion === null ? 0 : 1
    counts.fetchedNewest += fetchedVersion === newest ? 1 : 0
    counts.pushedNewest += isPushed ? 1 : 0
    counts.answeredNewest += isPushed && answeredAt !== null ? 1 : 0
  }
  return counts
}

function lastAt({ pushedAt, answeredAt, askedAt, fetchedAt }: ConfigDeviceRow): number {
  return Math.max(pushedAt ?? 0, answeredAt ?? 0, askedAt ?? 0, fetchedAt ?? 0)
}

function presentDevice({ pushedVersion, pushedAt, answerCode, answeredAt, askedAt, fetchedVersion, fetchedAt }: ConfigDeviceRow, device: { deviceName: string, state: DeviceState } | undefined): ConfigDevice[] {
  if (device === undefined)
    return []
  return [{
    deviceName: device.deviceName,
    state: device.state,
    pushed: pushedVersion === null || pushedAt === null ? null : { version: pushedVersion, at: pushedAt },
    answered: answerCode === null || answeredAt === null ? null : { code: answerCode, at: answeredAt },
    askedAt,
    fetched: fetchedVersion === null || fetchedAt === null ? null : { version: fetchedVersion, at: fetchedAt },
  }]
}
