import type { Clock } from '../shared/clock.ts'
import type { DeviceConnection } from '../shared/contract/device.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { BrokerClient, BrokerHooks, ConnectAttempt, OfflineReason } from './broker/types.ts'
import type { LiveDevices } from './live-devices.ts'
import type { ConnectionHistory } from './platform/connection/history.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { injectedMark } from '../shared/faults/fault-plan.ts'
import { tellInjected } from '../shared/faults/tell-injected.ts'
import { deviceState } from './platform/device/registry.ts'
import { simulatorOf } from './simulated-by.ts'

export interface DeviceEventsContext {
  clock: Clock
  devices: DeviceRegistry
  live: LiveDevices
  trace: Pick<TraceKeeper, 'record'>
  history: Pick<ConnectionHistory, 'begin' | 'end' | 'refuse'>
  onRefused: () => void
  /** A device was kicked by another login with its identity (platform code 427). */
  onKicked: (productKey: string, deviceName: string) => void
  /** Who has the seat of a simulated device. */
  seats: { onOnline: (client: BrokerClient) => void, onOffline: (client: BrokerClient, reason: OfflineReason) => void }
}

/** The hooks of the broker; what a message of a gateway does to a session belongs to the journey of that message, `causeId`. */
export interface DeviceEvents extends Pick<BrokerHooks, 'onSubscribe' | 'onUnsubscribe' | 'onBrokenPublish'> {
  onConnectAttempt: (attempt: ConnectAttempt, causeId?: number) => void
  onOnline: (client: BrokerClient, causeId?: number) => void
  /** Returns the row that tells of it. */
  onOffline: (client: BrokerClient, reason: OfflineReason, causeId?: number) => number
}

/** Shapes a live connection for the console. */
export function describeConnection(client: BrokerClient): DeviceConnection {
  const { connectedAt, remoteAddress, clientId, protocolVersion, transport, keepaliveSec, clean, gateway } = client
  return {
    connectedAt,
    remoteAddress,
    clientId,
    protocolVersion,
    transport,
    keepaliveSec,
    clean,
    simulated: simulatorOf(client),
    gateway: gateway && { productKey: gateway.productKey, deviceName: gateway.deviceName },
  }
}

/**
 * What a device does besides sending messages: each login, logout, refused connect and refused subscription becomes a
 * record in the trace, in the words of the platform's log (`device/online`, `device/offline`, `subscribe`).
 */
export function createDeviceEvents(context: DeviceEventsContext): DeviceEvents {
  const { clock, devices, live, trace, history } = context

  function record(at: number, deviceId: number, deviceKey: string | null, operation: string, content: object, step: TraceStep, causeId?: number): number {
    const detail = step.code === 200
      ? null
      : packDetail({
          issues: [],
          steps: tellInjected([step], operation === 'connect' ? 'refuseConnect' : step.code === 427 ? 'kick' : 'close'),
        })
    return trace.record({ at, deviceId, deviceKey, operation, content, code: step.code, detail, causeId: causeId || null })
  }

  return {
    onConnectAttempt: (attempt, causeId) => {
      if (attempt.code === 200)
        return
      context.onRefused()
      const { at, deviceId, productKey, deviceName, code, message, clientId, username, remoteAddress, transport, gateway } = attempt
      const device = deviceId === 0
        ? undefined
        : devices.byId(deviceId)
      if (device)
        device.lastProblem = { at, code, message }
      const deviceKey = deviceId === 0
        ? `${productKey ?? ''}/${deviceName ?? ''}`
        : null
      const rowId = record(at, deviceId, deviceKey, 'connect', {
        clientId,
        username,
        remoteAddress,
        transport,
        ...(gateway && { gateway }),
      }, {
        bizCode: 'device',
        operation: 'online',
        code,
        message,
      }, causeId)
      if (device) {
        history.refuse(deviceId, attempt, rowId)
        live.attempted(deviceId)
      }
    },
    onOnline: (client, causeId) => {
      const device = devices.byId(client.device.deviceId)
      if (!device)
        return
      devices.markOnline(device, client.connectedAt)
      const connection = describeConnection(client)
      live.changedState(device.deviceId, 'ONLINE', connection)
      const rowId = record(client.connectedAt, device.deviceId, null, 'online', connection, { bizCode: 'device', operation: 'online', code: 200 }, causeId)
      history.begin(client, device.deviceId, connection, rowId)
      context.seats.onOnline(client)
    },
    onOffline: (client, reason, causeId) => {
      const { code, message } = reason
      const device = devices.byId(client.device.deviceId)
      if (!device)
        return 0
      const at = clock.now()
      devices.markOffline(device, at)
      device.lastProblem = code === 200
        ? null
        : { at, code, message }
      live.changedState(device.deviceId, deviceState(device), null)
      const rowId = record(at, device.deviceId, null, 'offline', { clientId: client.clientId, simulated: simulatorOf(client), reason: message }, {
        bizCode: 'device',
        operation: 'offline',
        code,
        message,
      }, causeId)
      history.end(client, at, { code, message }, rowId)
      // Nobody has taken the identity of a device that was kicked on purpose, so it may come back.
      if (code === 427 && !message.startsWith(injectedMark))
        context.onKicked(device.productKey, device.deviceName)
      context.seats.onOffline(client, reason)
      return rowId
    },
    onSubscribe: (client, filters) => {
      for (const { filter, granted, refusal } of filters) {
        const step: TraceStep = { bizCode: 'subscribe', operation: filter, code: 200, ...refusal }
        record(clock.now(), client.device.deviceId, null, 'subscribe', { filter, granted }, step)
      }
      live.attempted(client.device.deviceId)
    },
    onBrokenPublish: (client, { topic, receivedBytes, totalBytes }) => {
      const message = `The connection broke in the middle of a message${topic === null ? '' : ` on ${topic}`}: ${receivedBytes} of its ${totalBytes > 0 ? totalBytes : 'unknown number of'} bytes had come.`
      record(clock.now(), client.device.deviceId, null, topic ?? 'publish', { topic, receivedBytes, totalBytes }, { bizCode: 'uplink', operation: topic ?? 'publish', code: 1950, message })
    },
    onUnsubscribe: (client, filters) => {
      for (const filter of filters)
        record(clock.now(), client.device.deviceId, null, 'unsubscribe', { filter }, { bizCode: 'unsubscribe', operation: filter, code: 200 })
    },
  }
}
