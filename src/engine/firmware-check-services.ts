import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { FirmwareCheck } from '../shared/contract/firmware-check.ts'
import type { JsonObject } from '../shared/json.ts'
import type { BrokerClient } from './broker/types.ts'
import type { ConnectionAttempts } from './connection-attempts.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { FirmwareChecks, PresentState } from './platform/firmware-check/checks.ts'
import type { CheckFacts, ModelNeeds } from './platform/firmware-check/types.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { TopicServices } from './topic-services.ts'
import { AppError, toErrorValue } from '../shared/errors.ts'
import { pump } from '../shared/feed.ts'
import { defaultValue } from '../shared/thing-model/default-value.ts'
import { matchesFilter } from './broker/topic-filter.ts'
import { isWildcard, machineAddresses } from './network-address.ts'
import { describeCheck } from './platform/firmware-check/rules.ts'
import { sampleValue } from './platform/firmware-check/sample-value.ts'

type FirmwareMethod = 'firmwareCheck.get' | 'firmwareCheck.begin' | 'firmwareCheck.cause' | 'firmwareCheck.makeDevice' | 'firmwareCheck.addresses'

export interface FirmwareCheckContext {
  clock: Clock
  firmwareChecks: FirmwareChecks
  devices: DeviceRegistry
  products: ProductRegistry
  latest: LatestValues
  attempts: Pick<ConnectionAttempts, 'of' | 'unknown'>
  clientOf: (deviceId: number) => BrokerClient | undefined
  disconnect: (deviceId: number, reason: { code: number, message: string }) => void
  settings: SettingsStore
  /** Where devices connect; null while there is no listener. */
  deviceAddress: { host: string, port: number } | null
  topicServices: Pick<TopicServices, 'methods'>
  /** Text of the sample product's thing model. */
  readSampleModel: () => Promise<string>
}

/** What a product that is made for a board is configured with, so that the board has something to ask for. */
const sampleConfig = '{"reportIntervalSec":10}'
/** How long a synchronous service may take; whether it is answered is seen in the checklist. */
const serviceMs = 5_000
const strangersMax = 3
const watchMs = 250

/** The checklist of a device's firmware, the platform's part of its steps, and what a board has to be given to come here. */
export function firmwareCheckServices(parts: FirmwareCheckContext, methods: () => EngineApi['methods']): { methods: Pick<EngineApi['methods'], FirmwareMethod>, streams: Pick<EngineApi['streams'], 'firmwareCheck.watch'> } {
  const { clock, firmwareChecks: checks, devices, products, attempts } = parts
  const context = { signal: new AbortController().signal }

  const presentOf = async ({ deviceId, productKey, deviceName }: DeviceRecord): Promise<PresentState> => {
    const client = parts.clientOf(deviceId)
    const { subscriptions } = await parts.topicServices.methods['subscription.list']({ productKey, deviceName }, context)
    return {
      connectedAt: client?.connectedAt ?? null,
      filters: subscriptions.map(({ topic }) => topic),
      isSubscribedFor: client?.parameters.get('_ss') === '1',
    }
  }

  function describe({ deviceId, productKey, deviceName, online }: DeviceRecord, facts: CheckFacts): FirmwareCheck {
    const check = describeCheck(facts, { now: clock.now(), isOnline: online, identity: { productKey, deviceName }, needs: needsOf(parts, productKey), matches: matchesFilter })
    return {
      ...check,
      attempt: attempts.of(deviceId)[0] ?? null,
      strangers: attempts.unknown().filter(({ at }) => at >= facts.begunAt).slice(0, strangersMax),
    }
  }

  async function factsOf(device: DeviceRecord): Promise<CheckFacts> {
    return await checks.of(device.deviceId, () => presentOf(device), clock.now())
  }

  const causes = {
    set: async (device: DeviceRecord) => {
      const properties = [...products.get(device.productKey).compiled?.properties.values() ?? []].filter(({ property }) => property.accessMode !== 'r')
      const plain = properties.find(({ property }) => property.dataType.type !== 'struct' && property.dataType.type !== 'array') ?? properties[0]
      if (plain === undefined)
        throw new AppError('model/refused', 'The thing model has no property that can be written.', { ...nameOf(device), platformCode: 6306 })
      const { [plain.key]: present } = await parts.latest.of(device.deviceId)
      const value = sampleValue(plain.property.dataType, present?.value, clock.now())
      await methods()['device.setProperties']({ ...nameOf(device), properties: { [plain.key]: value }, timeoutMs: 0, qos: 1, unchecked: false }, context)
      return `${plain.key} = ${JSON.stringify(value)}`
    },
    config: async ({ productKey, deviceName }: DeviceRecord) => {
      const { version } = await methods()['remoteConfig.push']({ productKey, deviceNames: [deviceName], again: true }, context)
      return `v${version}`
    },
    reconnect: (device: DeviceRecord) => {
      if (parts.clientOf(device.deviceId) === undefined)
        throw new AppError('device/unreachable', `${device.deviceName} is not connected, so there is no connection to close.`, { ...nameOf(device), platformCode: 9201 })
      parts.disconnect(device.deviceId, { code: 1911, message: 'The platform closed the connection, to see whether the device comes back.' })
      return Promise.resolve(device.deviceName)
    },
    service: async (device: DeviceRecord) => {
      const [entry] = products.get(device.productKey).compiled?.services ?? []
      if (entry === undefined)
        throw new AppError('model/refused', 'The thing model has no service.', { ...nameOf(device), platformCode: 6306 })
      const [name, { service }] = entry
      const input = Object.fromEntries(service.inputData.map(({ identifier, dataType }) => [identifier, defaultValue(dataType, clock.now())])) as JsonObject
      try {
        await methods()['device.invokeService']({ ...nameOf(device), service: name, input, qos: 1, unchecked: false, ...service.callType === 'sync' && { timeoutMs: serviceMs } }, context)
      }
      catch (error) {
        // That no answer came is for the checklist to say.
        if (toErrorValue(error).code !== 'device/no-reply')
          throw error
      }
      return `${name}(${JSON.stringify(input)})`
    },
  }

  return {
    methods: {
      'firmwareCheck.get': async ({ productKey, deviceName }) => {
        const device = devices.get(productKey, deviceName)
        return describe(device, await factsOf(device))
      },
      'firmwareCheck.begin': async ({ productKey, deviceName }) => {
        const device = devices.get(productKey, deviceName)
        return describe(device, checks.begin(device.deviceId, await presentOf(device), clock.now()))
      },
      'firmwareCheck.cause': async ({ productKey, deviceName, step }) => ({ done: await causes[step](devices.get(productKey, deviceName)) }),
      'firmwareCheck.makeDevice': async ({ productKey: wanted, productName }) => {
        const productKey = wanted ?? await makeProduct(productName)
        let number = 1
        const name = (): string => number === 1 ? 'board' : `board-${number}`
        while (devices.lookup(productKey, name()) !== undefined)
          number += 1
        const { certificates: [certificate] } = await methods()['device.create']({ productKey, deviceName: name() }, context)
        return certificate!
      },
      'firmwareCheck.addresses': () => {
        const { host, port } = parts.deviceAddress ?? { host: '', port: 0 }
        const known = machineAddresses()
        const isOpenToNetwork = isWildcard(host) || known.some(address => address.host === host && address.kind !== 'loopback')
        const addresses = isWildcard(host) ? known : known.filter(address => address.host === host)
        return {
          addresses: addresses.length > 0 ? addresses : [{ host: host === '' || isWildcard(host) ? '127.0.0.1' : host, name: '', kind: 'loopback' }],
          port,
          isOpenToNetwork,
          opensAtNextStart: parts.settings.get('device.openToNetwork'),
        }
      },
    },
    streams: {
      'firmwareCheck.watch': async ({ productKey, deviceName }, subscriber) => {
        const device = devices.get(productKey, deviceName)
        await factsOf(device)
        let shown = ''
        const take = (): FirmwareCheck | undefined => {
          const facts = checks.peek(device.deviceId)
          const check = facts && describe(device, facts)
          const text = JSON.stringify(check)
          if (check === undefined || text === shown)
            return undefined
          shown = text
          return check
        }
        // Also without a message something can be over: the time for an answer, or for coming back.
        await pump(clock, subscriber, { take }, watchMs)
      },
    },
  }

  async function makeProduct(name: string): Promise<string> {
    const { productKey } = await methods()['product.importModel']({ text: await parts.readSampleModel(), name, update: false, asDraft: false, more: [] }, context)
    await methods()['remoteConfig.setEnabled']({ productKey, enabled: true }, context)
    await methods()['remoteConfig.save']({ productKey, text: sampleConfig }, context)
    return productKey
  }
}

function nameOf({ productKey, deviceName }: DeviceRecord): { productKey: string, deviceName: string } {
  return { productKey, deviceName }
}

function needsOf({ products }: Pick<FirmwareCheckContext, 'products'>, productKey: string): ModelNeeds {
  const compiled = products.lookup(productKey)?.compiled ?? null
  const services = [...compiled?.services ?? []]
  return {
    isWritable: [...compiled?.properties.values() ?? []].some(({ property }) => property.accessMode !== 'r'),
    events: [...compiled?.events.keys() ?? []],
    services: services.filter(([, { service }]) => service.callType === 'async').map(([name]) => name),
    hasSyncServices: services.some(([, { service }]) => service.callType === 'sync'),
  }
}
