import type { Clock } from '../shared/clock.ts'
import type { Broker, BrokerClient, ConnectAttempt, OfflineReason } from './broker/types.ts'
import type { ConnectionAttempts } from './connection-attempts.ts'
import type { DeviceEvents } from './device-events.ts'
import type { Downlink } from './downlink.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { FeatureDevice } from './platform/feature.ts'
import type { LoginClaim, Refusal, SubDeviceSessions } from './platform/topology/types.ts'
import { buildSessionError } from '../shared/alink/session.ts'

export interface SubDeviceSessionsContext {
  clock: Clock
  devices: DeviceRegistry
  attempts: ConnectionAttempts
  downlink: Pick<Downlink, 'send'>
  /** Undefined while the device port is not open. */
  broker: () => Broker | undefined
  events: () => Pick<DeviceEvents, 'onConnectAttempt' | 'onOffline'>
  /** What the engine does for every device that comes online. */
  onOnline: (client: BrokerClient, causeId: number) => void
}

/** The sessions of sub-devices, with what everybody else has to know of their beginning and their end. */
export interface SubDeviceSessionKeeper extends SubDeviceSessions {
  /** Ends the session of a sub-device for a reason of the platform, which its gateway is told. */
  end: (deviceId: number, reason: OfflineReason) => void
  /** The gateway through which a device is logged in. */
  gatewayOf: (deviceId: number) => FeatureDevice | undefined
  /** The broker has ended a session of any kind: the gateway of a sub-device is told on `/ext/error`. */
  onOffline: (client: BrokerClient, reason: OfflineReason) => void
}

/** Ends of sessions that a gateway knows of or cannot be told: its own wish, and its own end. */
const untold = new Set([200, 1913])

/** Logs sub-devices in and out in the broker, and keeps registry, trace and attempts up with it (Alink 3.6). */
export function createSubDeviceSessions({ clock, devices, attempts, downlink, broker, events, onOnline }: SubDeviceSessionsContext): SubDeviceSessionKeeper {
  const clientOf = (deviceId: number): BrokerClient | undefined => broker()?.clientOf(deviceId)
  const gatewayOf = (deviceId: number): FeatureDevice | undefined => clientOf(deviceId)?.gateway ?? undefined

  function attemptOf(gateway: FeatureDevice, { productKey, deviceName, clientId }: LoginClaim, device: DeviceRecord | undefined, { code, message, signedContent }: Refusal): ConnectAttempt {
    const through = clientOf(gateway.deviceId)
    return {
      at: clock.now(),
      remoteAddress: through?.remoteAddress ?? '',
      transport: through?.transport ?? 'tcp',
      clientId,
      username: '',
      productKey,
      deviceName,
      deviceId: device?.deviceId ?? 0,
      code,
      message,
      ...(signedContent !== undefined && { signedContent }),
      gateway: { productKey: gateway.productKey, deviceName: gateway.deviceName },
    }
  }

  return {
    has: (gatewayId, deviceId) => gatewayOf(deviceId)?.deviceId === gatewayId,
    countOf: gatewayId => broker()?.attachedCount(gatewayId) ?? 0,
    gatewayOf,
    login(gateway, device, claim, causeId) {
      const record = devices.byId(device.deviceId)
      if (record === undefined || gatewayOf(device.deviceId)?.deviceId === gateway.deviceId)
        return
      const client = broker()?.attach(gateway.deviceId, record, claim.clientId)
      if (client === undefined)
        return
      attempts.add(attemptOf(gateway, claim, record, { code: 200, message: '' }), client.parameters.get('_ss') === '1')
      onOnline(client, causeId)
    },
    refused(gateway, claim, refusal, causeId) {
      const device = devices.lookup(claim.productKey, claim.deviceName)
      if (device === undefined)
        return
      const attempt = attemptOf(gateway, claim, device, refusal)
      attempts.add(attempt)
      events().onConnectAttempt(attempt, causeId)
    },
    logout(deviceId, reason, causeId) {
      const client = gatewayOf(deviceId) && broker()?.detach(deviceId)
      if (client)
        events().onOffline(client, reason, causeId)
    },
    end(deviceId, reason) {
      if (gatewayOf(deviceId) !== undefined)
        broker()?.disconnect(deviceId, reason)
    },
    onOffline(client, reason) {
      const causeId = events().onOffline(client, reason)
      if (client.gateway === null || untold.has(reason.code))
        return
      const { topic, payload } = buildSessionError(client.gateway, client.device, reason.code)
      downlink.send(client.gateway.deviceId, { topic, payload: Buffer.from(payload) }, { id: causeId, waits: false })
    },
  }
}
