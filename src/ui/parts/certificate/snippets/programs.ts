import type { SnippetInput } from './snippet.ts'
import { rootFileName } from '../connect-snippets.ts'
import { literal, topicsOf } from './snippet.ts'

/** A device in Python on paho-mqtt 2: signs in, subscribes, reports once and answers every property set. */
export function pythonSnippet({ certificate, host, port, secure, params }: SnippetInput): string {
  const { productKey, deviceName, deviceSecret } = certificate
  const { post, postReply, set, setReply } = topicsOf(certificate)
  return `# python3 -m pip install "paho-mqtt>=2"${secure ? `, and ${rootFileName} in this folder` : ''}
import hashlib
import hmac
import json

import paho.mqtt.client as mqtt

PRODUCT_KEY = ${literal(productKey)}
DEVICE_NAME = ${literal(deviceName)}
DEVICE_SECRET = ${literal(deviceSecret)}
HOST, PORT = ${literal(host)}, ${port}
POST = ${literal(post)}
POST_REPLY = ${literal(postReply)}
SET = ${literal(set)}
SET_REPLY = ${literal(setReply)}
PROPERTIES = json.loads(${literal(params)})

client_id = f"{PRODUCT_KEY}.{DEVICE_NAME}"
signed = f"clientId{client_id}deviceName{DEVICE_NAME}productKey{PRODUCT_KEY}"
password = hmac.new(DEVICE_SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest()


def on_connect(client, userdata, flags, reason_code, properties):
    print("connected:", reason_code)
    if reason_code != 0:
        return
    client.subscribe([(POST_REPLY, 1), (SET, 1)])
    client.publish(POST, json.dumps({"id": "1", "version": "1.0", "params": PROPERTIES, "method": "thing.event.property.post"}), qos=1)


def on_message(client, userdata, message):
    print(message.topic, message.payload.decode())
    if message.topic == SET:
        command = json.loads(message.payload)
        client.publish(SET_REPLY, json.dumps({"id": command["id"], "code": 200, "data": {}, "version": "1.0"}), qos=1)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"{client_id}|securemode=${secure ? 2 : 3},signmethod=hmacsha256|", protocol=mqtt.MQTTv311)
client.username_pw_set(f"{DEVICE_NAME}&{PRODUCT_KEY}", password)
${secure ? `client.tls_set(ca_certs=${literal(rootFileName)})\n` : ''}client.on_connect = on_connect
client.on_message = on_message
client.connect(HOST, PORT, keepalive=60)
client.loop_forever()
`
}

/** A device in JavaScript on the cloud's own SDK for Node.js, which signs, subscribes and connects again by itself. */
export function nodeSnippet({ certificate, host, port, secure, params }: SnippetInput): string {
  const { productKey, deviceName, deviceSecret } = certificate
  const { setReply } = topicsOf(certificate)
  return `// npm install alibabacloud-iot-device-sdk, then${secure ? `, with ${rootFileName} in this folder:\n// NODE_EXTRA_CA_CERTS=${rootFileName} node device.js` : ': node device.js'}
const iot = require('alibabacloud-iot-device-sdk')

const device = iot.device({
  productKey: ${literal(productKey)},
  deviceName: ${literal(deviceName)},
  deviceSecret: ${literal(deviceSecret)},
  brokerUrl: ${literal(`${secure ? 'mqtts' : 'mqtt'}://${host}:${port}`)},
})

device.on('connect', () => {
  console.log('connected')
  device.postProps(${params}, reply => console.log('answered', JSON.stringify(reply)))
})
device.on('error', error => console.error(String(error)))
device.onProps((command) => {
  console.log('set', JSON.stringify(command.params))
  device.publish(${literal(setReply)}, JSON.stringify({ id: command.id, code: 200, data: {}, version: '1.0' }))
})
`
}

/** The certificate as JSON, in the names that the cloud's console and SDKs use. */
export function jsonSnippet({ certificate: { productKey, deviceName, deviceSecret } }: Pick<SnippetInput, 'certificate'>): string {
  return `${JSON.stringify({ productKey, deviceName, deviceSecret }, null, 2)}\n`
}
