import type { Clock } from '../../shared/clock.ts'
import type { Log } from '../../shared/log.ts'
import type { Store } from '../store/types.ts'
import type { DeviceTransport } from './transport.ts'
import type { ListenableWire } from './wire.ts'

/** A device as the broker needs it; the registry owns it. */
export interface BrokerDevice {
  /** Registry id, never 0. */
  deviceId: number
  productKey: string
  deviceName: string
  deviceSecret: string
  disabled: boolean
}

/**
 * One login that has been accepted: a connection, or a sub-device on the connection of its gateway, which then gives
 * everything but `device`, `clientId` and `connectedAt`.
 */
export interface BrokerClient {
  /** Unique in this run, grows with every login: tells an old connection of a device from its new one. */
  readonly connectionId: number
  readonly device: BrokerDevice
  /** Through which gateway the device is logged in; null for a device with a connection of its own. */
  readonly gateway: BrokerDevice | null
  /** The whole client id string as sent, with its `|…|` parameters. */
  readonly clientId: string
  /** The parameters between the bars, keys in lower case (`securemode`, `signmethod`, `_ss`, `ext`, …). */
  readonly parameters: ReadonlyMap<string, string>
  readonly protocolVersion: 3 | 4 | 5
  readonly transport: DeviceTransport
  readonly remoteAddress: string
  /** The address of this machine at which the device, or its gateway, has connected: it can reach that one. */
  readonly localAddress: string
  readonly keepaliveSec: number
  readonly clean: boolean
  readonly connectedAt: number
}

export interface IncomingPublish {
  topic: string
  /** A view that is valid only during the call: copy what must outlive it. */
  payload: Uint8Array
  qos: 0 | 1
  packetId: number
  dup: boolean
  /** The device asks to keep the message, which the platform does for nobody. */
  retain: boolean
}

/** Why a connection went away: the platform's own code (200, 427, 521, 522, 1910, 1911, …) and a sentence. */
export interface OfflineReason { code: number, message: string }

/** MQTT 5 properties of a message to a device, which devices of older versions cannot be told. */
export interface DownProperties {
  /** 0: any bytes; 1: text in UTF-8. */
  payloadFormat?: 0 | 1 | undefined
  contentType?: string | undefined
  responseTopic?: string | undefined
  correlationData?: Uint8Array | undefined
  /** Keys may repeat; their order stays. */
  userProperties?: readonly (readonly [key: string, value: string])[]
}

/** A subscription of a device: `at` is when it was made, null when that was before the platform noted it. */
export interface DeviceSubscription { filter: string, at: number | null }

export interface SubscribeAnswer { filter: string, granted: number, refusal?: OfflineReason }

/** What a refused CONNECT was refused for, step by step, so that a developer can compare. */
export interface ConnectAttempt {
  at: number
  remoteAddress: string
  transport: DeviceTransport
  clientId: string
  username: string
  productKey: string | null
  deviceName: string | null
  deviceId: number
  /** 200 when accepted; otherwise the platform's code (6100 unknown device, 6287 signature, 522 disabled, 460 malformed …). */
  code: number
  /** What was expected and what came; for a signature, the exact content that was signed. Empty when accepted. */
  message: string
  /** When the signature was wrong: the exact text that has to be signed. */
  signedContent?: string
  /** Through which gateway a sub-device wants to log in; absent for a device that connects by itself. */
  gateway?: { productKey: string, deviceName: string }
}

/** A CONNECT that asks for dynamic registration (Alink 2.2). */
export interface BrokerRegistration {
  /** `register`: the device was made before and never connected; `regnwl`: it need not have been. */
  kind: 'register' | 'regnwl'
  productKey: string
  deviceName: string
  random: string
  signMethod: string
  sign: string
}

/** How much a device may do; 0: nothing. */
export interface DeviceRates {
  upQos0PerSec: number
  upQos1PerSec: number
  downPerSec: number
  connectsPerMinute: number
  /** Called with the sentence whenever something exceeds a rate; returns what is to be said instead. */
  onExcess?: (message: string) => string
}

/** How much all devices may do together. */
export interface AccountRates extends Pick<DeviceRates, 'onExcess'> {
  upPerSec: number
  downPerSec: number
  connectsPerSec: number
}

/** A rate was exceeded for the first time in its second or minute, in the cloud's name for that; `device` is null when it is the account's. */
export interface QuotaEvent extends OfflineReason {
  name: 'Device_Connect_QPM_Limit' | 'Device_Uplink_QPS_Limit' | 'Device_Downlink_QPS_Limit' | 'Account_Connect_QPS_Limit' | 'Account_Uplink_QPS_Limit' | 'Account_Downlink_QPS_Limit'
  device: BrokerDevice | null
}

export interface BrokerHooks {
  /** Looks a device up by its identity; undefined when there is none. Must not block. */
  findDevice: (productKey: string, deviceName: string) => BrokerDevice | undefined
  /**
   * Decides about a CONNECT that asks for dynamic registration: refuses with a code of the platform, or gives the message
   * that the device is to be sent as soon as it is kept. Absent: nobody is registered. Must not block.
   */
  register?: (request: BrokerRegistration) => { message: Promise<{ topic: string, payload: string }> } | OfflineReason
  /** Whether a device may log in with this token under this client id. Absent: there are no tokens. */
  isToken?: (device: BrokerDevice, clientId: string, token: string) => boolean
  /**
   * Why a device may not publish on, or subscribe to, a custom topic or filter of its own, given by what follows
   * `/{productKey}/{deviceName}/user/`; null when it may. Absent: it may use all of them. Must not block. What it has
   * permitted is remembered, see {@link Broker.topicsChanged}.
   */
  refuseCustomTopic?: (operation: 'PUB' | 'SUB', device: { productKey: string, deviceName: string }, path: string) => OfflineReason | null
  /**
   * Why a login that is right is refused all the same, with the CONNACK return code of MQTT 3.1.1 (1 to 5); null when it is
   * not. Absent: never. Must not block.
   */
  refuseLogin?: (device: BrokerDevice) => OfflineReason & { returnCode: number } | null
  /** The rates that hold for a device instead of the cloud's; undefined: none of its own. Absent: never. */
  ratesOf?: (device: BrokerDevice) => DeviceRates | undefined
  /** The same for all devices together. */
  accountRates?: () => AccountRates | undefined
  onQuota?: (event: QuotaEvent) => void
  onConnectAttempt: (attempt: ConnectAttempt) => void
  /** After CONNACK has been queued and the older connection of the same device, if any, is closed. */
  onOnline: (client: BrokerClient) => void
  onOffline: (client: BrokerClient, reason: OfflineReason) => void
  /**
   * A device publishes on a topic that names another one, which is not logged in through it. Null lets the message pass as
   * the publisher's own, a reason refuses it with that, undefined as any topic of somebody else (9236). Absent: undefined.
   */
  onForeignTopic?: (publisher: BrokerDevice, topic: string) => OfflineReason | null | undefined
  /** Whether the platform has subscribed a device to a topic, besides what it has subscribed to itself. Absent: never. Must not block. */
  isSubscribedFor?: (deviceId: number, topic: string) => boolean
  /**
   * Every publish that parsed, whatever the verdict. `refusal` is null or the reason why the broker drops it (9236 topic
   * not allowed, 1903 bad topic, 9320 too large…). The hook owns the acknowledgement: it calls `acknowledge` once the message is
   * safe (QoS 1; a no-op for QoS 0 and for a connection that is gone by then); silently, the message counts as done and the
   * device is not told. It never throws.
   */
  onPublish: (client: BrokerClient, message: IncomingPublish, refusal: OfflineReason | null, acknowledge: (how?: 'silently') => void) => void
  /** What each filter of a SUBSCRIBE was answered with; a refused one (0x80 and above) comes with the reason. */
  onSubscribe: (client: BrokerClient, filters: SubscribeAnswer[]) => void
  onUnsubscribe: (client: BrokerClient, filters: string[]) => void
  /** The connection broke in the middle of a PUBLISH; `topic` is null when not even that had come. */
  onBrokenPublish?: (client: BrokerClient, broken: { topic: string | null, receivedBytes: number, totalBytes: number }) => void
}

/** The seam for seeing every control packet and for faults committed at packet level; absent in normal running. */
export interface PacketSeam {
  /** Sees a packet; `direction` up is from the device. For PUBLISH on the hot path only the frame's bytes are given. */
  onPacket?: (client: BrokerClient | null, direction: 'up' | 'down', kind: string, frame: Uint8Array) => void
  /** May change the fate of a packet about to be sent: returns the frames to send instead (none: dropped). */
  onSend?: (client: BrokerClient, kind: string, frame: Uint8Array) => Uint8Array[] | undefined
}

export interface BrokerOptions {
  host: string
  /** 0: any free port. */
  port: number
  clock: Clock
  log: Log
  /** Keeps persistent sessions; without it they last only as long as the broker. */
  store?: Store
  hooks: BrokerHooks
  seam?: PacketSeam
  /** The certificate and key, as PEM text, shown to whoever speaks TLS; without it TLS is refused. Asked at every handshake. */
  certificate?: () => Promise<{ key: string, cert: string }>
  /** Require a subscription for system topics when the client id has no `_ss=1`, as the cloud does. Default false: deliver anyway, once. */
  strictSubscriptions?: boolean
  /** Whether the cloud's rates of messages and logins hold now (Alink 1.6). Absent: never. */
  applyLimits?: () => boolean
}

/**
 * What became of a message to a device: `sent`; `queued` until the device has room or comes back; `dropped`, and counted,
 * because a limit is reached; `throttled`, dropped by the cloud's rate; `offline`, nobody there to take it; `unsubscribed`, the device does not want that topic.
 */
export type DeliverResult = 'sent' | 'queued' | 'dropped' | 'throttled' | 'offline' | 'unsubscribed'

/** A message to a device. */
export interface DownMessage {
  topic: string
  payload: Uint8Array
  qos: 0 | 1
  /** When the message loses its meaning, in epoch milliseconds; without it a waiting message is kept 7 days. */
  expiresAt?: number
  properties?: DownProperties
  /** QoS 1: called when the connection breaks before the device has acknowledged it and nobody will send it again. */
  onLost?: () => void
  /** QoS 1: called when the device's PUBACK comes on the connection or a later one of this run. */
  onAcknowledged?: () => void
}

export interface BrokerStats {
  connections: number
  /** Publishes received and delivered since start. */
  publishesIn: number
  publishesOut: number
  bytesIn: number
  bytesOut: number
  /** Messages to devices given up because a limit was reached or their time was over. */
  droppedOut: number
  refusedConnects: number
  malformedPackets: number
  /** Sockets turned away because there are too many. */
  refusedSockets: number
}

/** What waits to be taken by devices. */
export interface BrokerQueue {
  /** Bytes in the sockets of all devices, and of the device with the most. */
  bytes: number
  mostBytes: number
  /** Devices that are not read at the moment: the store is full, or they do not take what they are sent. */
  pausedDevices: number
}

export interface Broker {
  readonly address: { host: string, port: number }
  /** Takes in a device that does not come over the network; what it sends is told to the listener. */
  accept: (wire: ListenableWire) => void
  /**
   * Sends a message to a device, on a system topic whether or not it subscribed, exactly once over overlapping filters.
   * QoS 1 on a non-system topic is queued for an absent device with a persistent session ('queued').
   */
  deliver: (deviceId: number, message: DownMessage) => DeliverResult
  /** Whether a device that is online has subscribed to a topic, or to a filter that it belongs to. */
  hasSubscribed: (deviceId: number, topic: string) => boolean
  /**
   * Whether a device is connected and would not get a message on this topic in the cloud: neither it nor the platform has
   * subscribed it, and its client id does not ask for that (`_ss=1`).
   */
  isUnasked: (deviceId: number, topic: string) => boolean
  /** What a device has subscribed to itself: in its session, kept or not; of a sub-device, in that of its gateway. */
  subscriptionsOf: (deviceId: number) => DeviceSubscription[]
  /** Ends a subscription that a device has made itself, as its UNSUBSCRIBE would; false when there is none. */
  unsubscribe: (deviceId: number, filter: string) => boolean
  /** Devices may use other custom topics than before: what `refuseCustomTopic` has said is asked again. */
  topicsChanged: () => void
  /** The live login of a device: its own connection, or that of its gateway. */
  clientOf: (deviceId: number) => BrokerClient | undefined
  /** Closes the live connection of a device (kicked, disabled, deleted), with the platform's code as the reason; a sub-device is only logged out. */
  disconnect: (deviceId: number, reason: OfflineReason) => void
  /** Breaks the live connection of a device off without a word, as a network does; a sub-device is only logged out. */
  breakOff: (deviceId: number, reason: OfflineReason) => void
  /**
   * Logs a sub-device in on the connection of its gateway: from now on the gateway speaks on its topics and gets its
   * messages, with QoS 0 (Alink 3.7). Any other login of the sub-device ends with 427. Undefined while the gateway is not
   * connected. `onOnline` is not called: whoever attaches knows.
   */
  attach: (gatewayDeviceId: number, device: BrokerDevice, clientId: string) => BrokerClient | undefined
  /** Logs a sub-device out; returns its login, undefined when there was none. `onOffline` is not called. */
  detach: (deviceId: number) => BrokerClient | undefined
  /** How many sub-devices are logged in on the connection of a gateway. */
  attachedCount: (gatewayDeviceId: number) => number
  /** Forgets the session of a deleted device. */
  forget: (deviceId: number) => Promise<void>
  /** Stops or resumes reading from connections that send QoS 1, while the store has no room. */
  setPressure: (full: boolean) => void
  stats: () => BrokerStats
  /** Looks at every connection: not to be asked more than once a second. */
  queue: () => BrokerQueue
  /** Resolves when every session and every queued message up to now would survive a crash. */
  flush: () => Promise<void>
  close: () => Promise<void>
}
