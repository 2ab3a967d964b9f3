/**
 * The work of a rollout and nothing else, in a process of its own: as many MQTT connections as devices; each is told of the
 * update by a message, downloads the file over HTTP, hashes it, reports its progress as often as a simulated device does,
 * connects anew and reports its version. No platform, no states, no store: what any program has to do to update so many devices.
 *
 * `rollout-bare.ts MQTT-PORT HTTP-PORT DEVICES DOWNLOADS-AT-A-TIME PROGRESS-REPORTS MD5`; sends `{ connected }` to its parent,
 * goes at `go`, and sends `{ ms }` when the last version was acknowledged.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { connect } from 'node:net'
import process from 'node:process'
import mqttPacket from 'mqtt-packet'
import { benchCredentials, benchDevice } from './broker-device.ts'

const args = process.argv.slice(2)
const [mqttPort = 0, httpPort = 0, devices = 0, downloadsMax = 0, progressReports = 0] = args.map(Number)
const digest = args[5]
/** mosquitto's listener has room for 100 open handshakes. */
const connectWindow = 90
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

interface Device { index: number, socket: Socket, messageId: number, unacknowledged: number, isUpdated: boolean, onAcknowledged?: (() => void) | undefined }

const waiting: Device[] = []
let connected = 0
let downloading = 0
let updated = 0
let startedAt = 0

function open(index: number): void {
  logIn({ index, socket: undefined as unknown as Socket, messageId: 0, unacknowledged: 0, isUpdated: false })
}

function logIn(device: Device): void {
  const { index } = device
  const parser = mqttPacket.parser({ protocolVersion: 4 })
  parser.on('packet', packet => receive(device, packet))
  device.socket = connect({
    port: mqttPort,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback(bytes) {
        parser.parse(Buffer.from(readBuffer.subarray(0, bytes)))
        return true
      },
    },
  })
  device.socket.on('error', (error) => { throw error })
  device.socket.write(mqttPacket.generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 1200, ...benchCredentials(benchDevice(index)) }))
}

function receive(device: Device, packet: mqttPacket.Packet): void {
  switch (packet.cmd) {
    case 'connack':
      return void device.socket.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf('upgrade', device.index), qos: 1 }] }))
    case 'suback':
      if (device.isUpdated)
        return reportVersion(device)
      connected++
      if (connected + connectWindow <= devices)
        open(connected + connectWindow - 1)
      if (connected === devices)
        process.send?.({ connected })
      return
    case 'publish':
      device.socket.write(mqttPacket.generate({ cmd: 'puback', messageId: packet.messageId }))
      waiting.push(device)
      return startDownloads()
    case 'puback':
      device.unacknowledged--
      if (device.unacknowledged === 0)
        device.onAcknowledged?.()
  }
}

function topicOf(what: string, index: number): string {
  const { productKey, deviceName } = benchDevice(index)
  return `/ota/device/${what}/${productKey}/${deviceName}`
}

function publish(device: Device, what: string, params: object, from = device): void {
  from.messageId = from.messageId % 65_535 + 1
  from.unacknowledged++
  from.socket.write(mqttPacket.generate({ cmd: 'publish', topic: topicOf(what, device.index), payload: JSON.stringify({ id: String(from.messageId), params }), qos: 1, messageId: from.messageId, dup: false, retain: false }))
}

function startDownloads(): void {
  while (downloading < downloadsMax) {
    const device = waiting.shift()
    if (device === undefined)
      return
    downloading++
    get({ host: '127.0.0.1', port: httpPort, agent: false }, response => download(device, response)).on('error', (error) => { throw error })
  }
}

function download(device: Device, response: IncomingMessage): void {
  const hash = createHash('md5')
  response.on('data', (chunk: Buffer) => hash.update(chunk))
  response.on('end', () => {
    if (hash.digest('hex') !== digest)
      throw new Error('a download has another digest')
    downloading--
    for (let report = 1; report <= progressReports; report++)
      publish(device, 'progress', { step: String(Math.round(report * 100 / progressReports)), desc: '' })
    device.onAcknowledged = () => restart(device)
    startDownloads()
  })
}

/** As a device that has written its new firmware. */
function restart(device: Device): void {
  device.socket.end(mqttPacket.generate({ cmd: 'disconnect' }))
  device.isUpdated = true
  device.onAcknowledged = undefined
  logIn(device)
}

function reportVersion(device: Device): void {
  publish(device, 'inform', { version: '2.0.0' })
  device.onAcknowledged = () => {
    updated++
    if (updated === devices)
      process.send?.({ ms: performance.now() - startedAt })
  }
}

/** The one who tells the devices, as the platform does. */
function tellAll(): void {
  startedAt = performance.now()
  const socket = connect({ port: mqttPort, host: '127.0.0.1' })
  socket.resume()
  socket.write(mqttPacket.generate({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: 'platform', keepalive: 1200 }))
  const teller = { index: -1, socket, messageId: 0, unacknowledged: 0, isUpdated: false }
  const notice = { version: '2.0.0', size: 0, url: 'http://127.0.0.1/file', sign: digest, signMethod: 'Md5', md5: digest }
  for (let index = 0; index < devices; index++)
    publish({ ...teller, index }, 'upgrade', notice, teller)
}

process.on('message', tellAll)
process.on('disconnect', () => process.exit())
for (let index = 0; index < Math.min(connectWindow, devices); index++)
  open(index)
