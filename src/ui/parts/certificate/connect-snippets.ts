import type { DeviceCertificate } from '../../../shared/contract/device.ts'
import { buildClientId, buildUsername, connectSignContent } from '../../../shared/alink/sign.ts'

export interface ConnectFacts { clientId: string, username: string, password: string }

/** A fixed text that devices of the Link SDK send too; the platform never checks its freshness. */
const timestamp = '2524608000000'

/** The name under which commands expect the workspace's root certificate. */
export const rootFileName = 'thingbench-ca.pem'

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

/** `secure`: over TLS, by whoever has the root certificate of the workspace. */
export interface Endpoint { host: string, port: number, secure: boolean }

const plainCredentials = 'aiot_sysdep_network_cred_t cred = { .option = AIOT_SYSDEP_NETWORK_CRED_NONE };  /* plain TCP */'
const secureCredentials = `/* the root certificate of the workspace, copied as a C string */
extern const char *ca_cert;
aiot_sysdep_network_cred_t cred = {
    .option = AIOT_SYSDEP_NETWORK_CRED_SVRCERT_CA,
    .max_tls_fragment = 16384,
    .x509_server_cert = ca_cert,
    .x509_server_cert_len = strlen(ca_cert),
};`

/** The certificate as the C Link SDK wants it, with the address of this bench. */
export function linkSdkSnippet(certificate: DeviceCertificate, { host, port, secure }: Endpoint): string {
  return `/* Link SDK 4: address of the bench and certificate of the device */
char *product_key   = "${certificate.productKey}";
char *device_name   = "${certificate.deviceName}";
char *device_secret = "${certificate.deviceSecret}";
char *host          = "${host}";
uint16_t port       = ${port};
${secure ? secureCredentials : plainCredentials}

aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_HOST, (void *)host);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_PORT, (void *)&port);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_PRODUCT_KEY, (void *)product_key);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_DEVICE_NAME, (void *)device_name);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_DEVICE_SECRET, (void *)device_secret);
aiot_mqtt_setopt(mqtt_handle, AIOT_MQTTOPT_NETWORK_CRED, (void *)&cred);
`
}

/** The certificate as JSON, in the names that the cloud's console and SDKs use. */
export function jsonSnippet(certificate: DeviceCertificate): string {
  const { productKey, deviceName, deviceSecret } = certificate
  return `${JSON.stringify({ productKey, deviceName, deviceSecret }, null, 2)}\n`
}

/** A line for the MQTTX command line that connects and stays, subscribed to the replies. */
export function mqttxSnippet(certificate: DeviceCertificate, facts: ConnectFacts, { host, port, secure }: Endpoint): string {
  return `mqttx sub -h ${host} -p ${port} -k 60${secure ? ` -l mqtts --ca ${rootFileName}` : ''} \\
  -i ${shellText(facts.clientId)} \\
  -u ${shellText(facts.username)} \\
  -P ${facts.password} \\
  -t '/sys/${certificate.productKey}/${certificate.deviceName}/thing/event/property/post_reply'
`
}

/** A line for mosquitto that connects and posts the given properties once. */
export function mosquittoSnippet(certificate: DeviceCertificate, facts: ConnectFacts, { host, port, secure }: Endpoint, params = '{}'): string {
  const payload = `{"id":"1","version":"1.0","params":${params},"method":"thing.event.property.post"}`
  return `mosquitto_pub -h ${host} -p ${port} -k 60 -q 1${secure ? ` --cafile ${rootFileName}` : ''} \\
  -i ${shellText(facts.clientId)} \\
  -u ${shellText(facts.username)} \\
  -P ${facts.password} \\
  -t '/sys/${certificate.productKey}/${certificate.deviceName}/thing/event/property/post' \\
  -m ${shellText(payload)}
`
}

/** A text as one word of a shell. */
function shellText(text: string): string {
  return `'${text.replaceAll('\'', '\'\\\'\'')}'`
}
