import type { IConnectPacket } from 'mqtt-packet'
import type { BrokerDevice } from '../../src/engine/broker/types.ts'
import type { SignMethod } from '../../src/shared/alink/sign.ts'
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { buildClientId, buildUsername, connectSignContent, hashOfSignMethod } from '../../src/shared/alink/sign.ts'

/** A device with its secret, as the broker knows it or as a certificate. */
type Identity = Pick<BrokerDevice, 'productKey' | 'deviceName' | 'deviceSecret'> & Partial<BrokerDevice>

export interface Credentials { clientId: string, username: string, password: string }

export interface SignOptions {
  method?: SignMethod
  timestamp?: string | number
  id?: string
  /** More parameters of the client id. */
  more?: Record<string, string | number>
}

/** What a device puts into CONNECT to log in. */
export function credentialsOf({ productKey, deviceName, deviceSecret }: Identity, { method = 'hmacsha256', timestamp, id = `${productKey}.${deviceName}`, more }: SignOptions = {}): Credentials {
  const content = connectSignContent({ clientId: id, productKey, deviceName, timestamp })
  return {
    clientId: buildClientId(id, { securemode: 3, signmethod: method, ...(timestamp !== undefined && { timestamp }), ...(more && { more }) }),
    username: buildUsername({ productKey, deviceName }),
    password: createHmac(hashOfSignMethod[method], deviceSecret).update(content).digest('hex'),
  }
}

export interface LoginOptions extends SignOptions {
  version?: 3 | 4 | 5
  /** Fields of the CONNECT that differ from a clean session with a keep-alive of 60 s. */
  connect?: Partial<IConnectPacket>
}

/** The CONNECT of a device, correctly signed. */
export function connectPacket(device: Identity, { version = 4, connect, ...sign }: LoginOptions = {}): IConnectPacket {
  const { clientId, username, password } = credentialsOf(device, sign)
  return {
    cmd: 'connect',
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    clean: true,
    keepalive: 60,
    clientId,
    username,
    password: Buffer.from(password),
    ...connect,
  }
}
