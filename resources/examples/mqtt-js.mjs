/*
 * MQTT.js, without any SDK (npm install mqtt), run with: node mqtt-js.mjs
 * Change: the address to what Home shows, and the three values of the device's certificate. The address may also begin with
 * ws://; for mqtts:// or wss:// give the file of the workspace's root certificate in CA_FILE.
 * Expect: "online", then the platform's reply {"code":200,…}; the device's page shows Brightness 42.
 */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import mqtt from 'mqtt'

const { BENCH_URL = 'mqtt://192.168.1.5:1883', PRODUCT_KEY = 'a1Xk29TzQ7b', DEVICE_NAME = 'lamp-0007', DEVICE_SECRET = '3f9c…', CA_FILE } = process.env

const id = `${PRODUCT_KEY}.${DEVICE_NAME}`
const client = mqtt.connect(BENCH_URL, {
  clientId: `${id}|securemode=3,signmethod=hmacsha256|`,
  username: `${DEVICE_NAME}&${PRODUCT_KEY}`,
  password: createHmac('sha256', DEVICE_SECRET).update(`clientId${id}deviceName${DEVICE_NAME}productKey${PRODUCT_KEY}`).digest('hex'),
  keepalive: 60,
  ...(CA_FILE && { ca: readFileSync(CA_FILE) }),
})
client.on('connect', () => {
  console.log('online')
  client.publish(`/sys/${PRODUCT_KEY}/${DEVICE_NAME}/thing/event/property/post`, '{"id":"1","version":"1.0","params":{"Brightness":42},"method":"thing.event.property.post"}', { qos: 1 })
})
client.on('message', (topic, payload) => console.log(topic, payload.toString()))
client.on('error', error => console.error(error.message))
