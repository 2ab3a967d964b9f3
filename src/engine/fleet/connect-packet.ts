import type { FleetDevice } from './messages.ts'
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { generate, writeToStream } from 'mqtt-packet'
import { buildClientId, buildUsername, connectSignContent } from '../../shared/alink/sign.ts'

// The codec would otherwise keep a buffer for every number that two bytes can hold: 19 MB and 27 ms in each process.
Object.assign(writeToStream, { cacheNumbers: false })

/** What the Link SDKs for C send: the platform signs it but never looks at how old it is (Alink, trap T10). */
const timestamp = '2524608000000'
/** The device receives RRPC on any topic (1) and the service `/ext/notify` (2), as Link SDK for C 4 says it does. */
const extensions = 3

/** Seconds without a packet after which the broker is asked whether it is still there. */
export const keepaliveSec = 60

export interface ConnectOptions {
  /** TLS is said with `securemode=2`, plain TCP with 3. */
  tls: boolean
  /** Stands in the client id as `_v=thingbench-{version}`. */
  version: string
  /** Stands behind all that in the client id as `_seat={seat}`: which session of a device simulated from the console it is. */
  seat?: string
  /** The same as `_replay={replay}`: which replay of a recording it belongs to. */
  replay?: string
  /** Say nothing of the simulator: whoever logs in so is none of the fleet, although it has a certificate of it. */
  isStranger?: boolean
}

/** CONNECT of a device with its certificate, signed with HMAC-SHA256 (Alink 1.2), MQTT 3.1.1, clean session. */
export function encodeConnect(device: FleetDevice, { tls, version, seat, replay, isStranger = false }: ConnectOptions): Buffer {
  const clientId = `${device.productKey}.${device.deviceName}`
  const content = connectSignContent({ clientId, productKey: device.productKey, deviceName: device.deviceName, timestamp })
  return encodePlainConnect({
    clientId: buildClientId(clientId, {
      timestamp,
      securemode: tls ? 2 : 3,
      signmethod: 'hmacsha256',
      more: { _ss: 1, _v: isStranger ? 'stranger' : `thingbench-${version}`, ext: extensions, ...(seat !== undefined && { _seat: seat }), ...(replay !== undefined && { _replay: replay }) },
    }),
    username: buildUsername(device),
    password: createHmac('sha256', device.deviceSecret).update(content).digest('hex'),
  })
}

/** CONNECT of a device at a broker that is not the platform, MQTT 3.1.1, clean session; null: without name or password. */
export function encodePlainConnect({ clientId, username, password }: { clientId: string, username: string | null, password: string | null }): Buffer {
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: true,
    keepalive: keepaliveSec,
    clientId,
    // MQTT 3.1.1 knows no password without a name.
    ...(username !== null && { username, ...(password !== null && { password: Buffer.from(password) }) }),
  })
}

/** Publishes use the packet ids below this one. */
export const subscribePacketId = 0xFFFF

/** SUBSCRIBE to some topics, all with QoS 1. */
export function encodeSubscribe(topics: readonly string[]): Buffer {
  return generate({
    cmd: 'subscribe',
    messageId: subscribePacketId,
    subscriptions: topics.map(topic => ({ topic, qos: 1 })),
  })
}
