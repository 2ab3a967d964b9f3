import type { DeviceCertificate } from '../../../shared/contract/device.ts'
import { buildClientId, buildUsername, connectSignContent } from '../../../shared/alink/sign.ts'

export interface ConnectFacts { clientId: string, username: string, password: string }

/** `secure`: over TLS, by whoever has the root certificate of the workspace. */
export interface Endpoint { host: string, port: number, secure: boolean }

/** The name under which programs expect the workspace's root certificate. */
export const rootFileName = 'thingbench-ca.pem'

/** A fixed text that devices of the Link SDK send too; the platform never checks its freshness. */
const timestamp = '2524608000000'

/**
 * What a device sends to connect, signed with HMAC-SHA256 by the rule of the cloud (Alink 1.2); `secure` says that it
 * will come over TLS. Needs a page that may use Web Crypto: one on 127.0.0.1 or in the desktop shell.
 */
export async function connectFacts(certificate: DeviceCertificate, secure: boolean): Promise<ConnectFacts> {
  const { productKey, deviceName, deviceSecret } = certificate
  const clientId = `${productKey}.${deviceName}`
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(deviceSecret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const content = connectSignContent({ clientId, productKey, deviceName, timestamp })
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(content)))
  return {
    clientId: buildClientId(clientId, { securemode: secure ? 2 : 3, signmethod: 'hmacsha256', timestamp }),
    username: buildUsername({ productKey, deviceName }),
    password: Array.from(signature, byte => byte.toString(16).padStart(2, '0')).join('').toUpperCase(),
  }
}
