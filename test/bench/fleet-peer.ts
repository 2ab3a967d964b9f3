/** The fleet benchmark's peer: as many MQTT.js clients as the fleet has devices, in one process, on the same broker. */
import type { MqttClient } from 'mqtt'
import { connect } from 'mqtt'
import { benchCredentials, benchDevice } from './broker-device.ts'
import { loadPayload, runLoad } from './fleet-load.ts'

const clients: MqttClient[] = []

runLoad({
  open(index, port, onConnected) {
    const client = connect({ host: '127.0.0.1', port, protocolVersion: 4, reconnectPeriod: 0, ...benchCredentials(benchDevice(index)) })
    clients[index] = client
    client.once('connect', onConnected)
    client.on('error', () => {})
  },
  report(index, onAcknowledged) {
    const { productKey, deviceName } = benchDevice(index)
    clients[index]!.publish(`/sys/${productKey}/${deviceName}/thing/event/property/post`, loadPayload, { qos: 1 }, () => onAcknowledged())
  },
})
