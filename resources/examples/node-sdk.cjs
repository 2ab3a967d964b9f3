/*
 * Node SDK (npm install alibabacloud-iot-device-sdk), run with: node node-sdk.cjs
 * Change: host and port to what Home shows, and the three values of the device's certificate. For TLS write mqtts:// and start
 * with NODE_EXTRA_CA_CERTS=ca.pem, the workspace's root certificate (README.md says where it is); the SDK has no option for it.
 * Expect: "online", then the reply with code 200; the device's page shows Brightness 42. Set a property or call a service on
 * that page, and it is printed here. A property your product does not have is named in the trace.
 */
const process = require('node:process')
const iot = require('alibabacloud-iot-device-sdk')

const { BENCH_URL = 'mqtt://192.168.1.5:1883', PRODUCT_KEY = 'a1Xk29TzQ7b', DEVICE_NAME = 'lamp-0007', DEVICE_SECRET = '3f9c…' } = process.env

const device = iot.device({ productKey: PRODUCT_KEY, deviceName: DEVICE_NAME, deviceSecret: DEVICE_SECRET, brokerUrl: BENCH_URL })
device.on('connect', () => {
  console.log('online')
  device.postProps({ Brightness: 42 }, reply => console.log('reply', reply.code, reply.message))
})
// The SDK answers no property set by itself: without this line the caller waits in vain (code 1905).
device.onProps(command => device.publish(`/sys/${PRODUCT_KEY}/${DEVICE_NAME}/thing/service/property/set_reply`, JSON.stringify({ id: command.id, code: 200, data: {} })))
device.on('error', error => console.error(error.message))
