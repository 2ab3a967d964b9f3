/**
 * The peer of the fleet benchmark: as many MQTT.js clients as the fleet has devices, in one process, on the same broker. Obeys
 * its parent: connect, report at a pace or as fast as acknowledgements come, one message of a client under way at a time.
 */
import type { MqttClient } from 'mqtt'
import process from 'node:process'
import { connect } from 'mqtt'
import { benchCredentials, benchDevice } from './broker-device.ts'

export type PeerOrder = { kind: 'connect', port: number, count: number } | { kind: 'pace', intervalMs: number } | { kind: 'flat' }
export interface PeerFigures { connected: number, published: number, acknowledged: number }

const handshakesMax = 90
const payload = Buffer.alloc(200, '{"id":"1","version":"1.0","params":{"Temperature":21.4}}')
const tickMs = 50

const clients: MqttClient[] = []
let pacing: NodeJS.Timeout | undefined
const figures: PeerFigures = { connected: 0, published: 0, acknowledged: 0 }

function openClients(port: number, count: number): void {
  let next = 0
  const openNext = (): void => {
    if (next === count)
      return
    const device = benchDevice(next++)
    const client = connect({ host: '127.0.0.1', port, protocolVersion: 4, reconnectPeriod: 0, ...benchCredentials(device) })
    clients.push(client)
    client.once('connect', () => {
      figures.connected++
      openNext()
    })
    client.on('error', () => {})
  }
  for (let slot = 0; slot < handshakesMax; slot++)
    openNext()
}

function report(index: number, done: () => void): void {
  const { productKey, deviceName } = benchDevice(index)
  figures.published++
  clients[index]!.publish(`/sys/${productKey}/${deviceName}/thing/event/property/post`, payload, { qos: 1 }, () => {
    figures.acknowledged++
    done()
  })
}

/** Every client once an interval, spread evenly, as the fleet's tick does it. */
function startPace(intervalMs: number): void {
  const isBusy: boolean[] = []
  const startedAt = performance.now()
  let due = 0
  pacing = setInterval(() => {
    const until = Math.floor((performance.now() - startedAt) * clients.length / intervalMs)
    for (; due < until; due++) {
      const index = due % clients.length
      if (isBusy[index])
        continue
      isBusy[index] = true
      report(index, () => { isBusy[index] = false })
    }
  }, tickMs)
}

function startFlat(): void {
  clearInterval(pacing)
  for (let index = 0; index < clients.length; index++) {
    const again = (): void => report(index, again)
    again()
  }
}

process.on('message', (order: PeerOrder) => {
  if (order.kind === 'connect')
    openClients(order.port, order.count)
  else if (order.kind === 'pace')
    startPace(order.intervalMs)
  else
    startFlat()
})
process.on('disconnect', () => process.exit())
// The parent may be leaving just now.
setInterval(() => process.send?.(figures, undefined, undefined, () => {}), 100)
