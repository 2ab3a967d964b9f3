import type { Socket } from 'node:net'
/**
 * The load of the broker benchmark, in a process of its own: many devices on as many sockets, each with one QoS 1 publish
 * under way, the next one sent when its PUBACK comes. Lean, so that the broker is what is measured: one read buffer for all,
 * no parser, the same bytes sent again and again. Connects once and keeps its connections for every run.
 *
 * `broker-load.ts PORT CONNECTIONS PAYLOAD-BYTES`; answers `{ run: ms }` with `{ acknowledged, ms, cpuMs }`.
 */
import { Buffer } from 'node:buffer'
import { connect } from 'node:net'
import process from 'node:process'
import mqttPacket from 'mqtt-packet'
import { benchCredentials, benchDevice } from './broker-device.ts'

const [port = 0, connections = 0, payloadBytes = 0] = process.argv.slice(2).map(Number)
/** Open handshakes at a time: mosquitto's listener has room for 100. */
const connectWindow = 90
const pubackBytes = 4

interface Device { socket: Socket, publish: Buffer, isConnected: boolean, partBytes: number }

const devices: Device[] = []
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)
let connected = 0
let acknowledged = 0
let isRunning = false
let underWay = 0
let onIdle: (() => void) | undefined
const startedAt = performance.now()

function open(index: number): void {
  const identity = benchDevice(index)
  const publish = mqttPacket.generate({
    cmd: 'publish',
    topic: `/sys/${identity.productKey}/${identity.deviceName}/thing/event/property/post`,
    payload: Buffer.alloc(payloadBytes, '{"id":"1","params":{"Temperature":21.5}}  '),
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback(bytes) {
        receive(index, bytes)
        return true
      },
    },
  })
  socket.on('error', (error) => { throw error })
  socket.on('close', () => { throw new Error(`The broker closed the connection of ${identity.deviceName}.`) })
  socket.write(mqttPacket.generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 1200, ...benchCredentials(identity) }))
  devices.push({ socket, publish, isConnected: false, partBytes: 0 })
}

/** The first four bytes of a connection are its CONNACK, all others PUBACKs. */
function receive(index: number, bytes: number): void {
  const device = devices[index]!
  if (!device.isConnected) {
    if (readBuffer[0] !== 0x20 || readBuffer[3] !== 0)
      throw new Error(`The broker refused a device with ${readBuffer[3]}.`)
    device.isConnected = true
    connected++
    if (devices.length < connections)
      open(devices.length)
    else if (connected === connections)
      process.send?.({ connectedMs: performance.now() - startedAt })
    return
  }
  const whole = device.partBytes + bytes
  device.partBytes = whole % pubackBytes
  for (let count = whole / pubackBytes | 0; count > 0; count--) {
    acknowledged++
    if (isRunning) {
      device.socket.write(device.publish)
    }
    else if (--underWay === 0) {
      onIdle?.()
    }
  }
}

async function run(ms: number): Promise<void> {
  isRunning = true
  underWay = devices.length
  const before = acknowledged
  const cpuBefore = process.cpuUsage()
  const from = performance.now()
  for (const device of devices)
    device.socket.write(device.publish)
  await new Promise(resolve => setTimeout(resolve, ms))
  const took = performance.now() - from
  const cpu = process.cpuUsage(cpuBefore)
  const count = acknowledged - before
  isRunning = false
  await new Promise<void>((resolve) => { onIdle = resolve })
  process.send?.({ acknowledged: count, ms: took, cpuMs: (cpu.user + cpu.system) / 1000 })
}

process.on('message', ({ run: ms }: { run: number }) => void run(ms))
process.on('disconnect', () => process.exit())
for (let index = 0; index < Math.min(connectWindow, connections); index++)
  open(index)
