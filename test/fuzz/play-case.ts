import type { Packet } from 'mqtt-packet'
import type { Socket } from 'node:net'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { FuzzCase } from './fuzz-case.ts'
import type { FuzzTarget } from './fuzz-messages.ts'
import { Buffer } from 'node:buffer'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import mqttPacket from 'mqtt-packet'
import WebSocket from 'ws'
import { Dice } from './dice.ts'
import { fuzzConnect } from './fuzz-case.ts'
import { frameOf, publishFrame } from './fuzz-packet.ts'
import { spoilBytes } from './fuzz-payload.ts'

/** A connection of whatever kind, as far as a case needs it. */
interface Line {
  write: (bytes: Buffer) => void
  end: () => void
  destroy: () => void
}

interface LineEvents { onOpen: () => void, onData: (bytes: Buffer) => void, onClose: () => void }

function overSocket(socket: Socket, opened: string, { onOpen, onData, onClose }: LineEvents): Line {
  socket.on(opened, onOpen).on('data', onData).on('close', onClose).on('error', () => {})
  return { write: bytes => void socket.write(bytes), end: () => void socket.end(), destroy: () => void socket.destroy() }
}

function overWebSocket(port: number, { onOpen, onData, onClose }: LineEvents): Line {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mqtt`, ['mqtt'], { perMessageDeflate: false })
  socket.on('open', onOpen).on('message', data => onData(data as Buffer)).on('close', onClose).on('error', () => {})
  return { write: bytes => socket.readyState === WebSocket.OPEN && socket.send(bytes), end: () => socket.close(), destroy: () => socket.terminate() }
}

function openLine({ transport }: FuzzCase, { mqttPort, httpPort }: FuzzTarget, events: LineEvents): Line {
  if (transport === 'websocket')
    return overWebSocket(mqttPort, events)
  if (transport === 'tls')
    return overSocket(connectTls({ host: '127.0.0.1', port: mqttPort, rejectUnauthorized: false }), 'secureConnect', events)
  return overSocket(connect({ host: '127.0.0.1', port: transport === 'http' ? httpPort : mqttPort }), 'connect', events)
}

/** Answers what the platform asks, rightly or not, with the id that it waits for. */
function answerTo(packet: Extract<Packet, { cmd: 'publish' }>, { version }: FuzzCase, dice: Dice): Buffer | null {
  const { topic } = packet
  const id = /"id":"(\d+)"/.exec(packet.payload.toString())?.[1] ?? '1'
  const answerTopic = topic.includes('/rrpc/request/')
    ? topic.replace('/rrpc/request/', '/rrpc/response/')
    : topic.startsWith('/ext/rrpc/') ? topic : topic.includes('/thing/service/') ? `${topic}_reply` : null
  if (answerTopic === null)
    return null
  const good = Buffer.from(`{"id":"${id}","code":${dice.pick(['200', '"200"', '1e400', '-1', 'null', '100001'])},"data":${dice.pick(['{}', '{"readings":[1,2]}', '[]', 'null', '"x"', '{"__proto__":1}'])}}`)
  return publishFrame(answerTopic, dice.chance(0.5) ? spoilBytes(good, dice) : good, 0, 1, version, dice)
}

/** How long the engine may take for anything before it counts as stalled: three times its own limits, for machines that are busy. */
const patienceMs = 40_000

class Player {
  readonly #case: FuzzCase
  readonly #certificate: DeviceCertificate
  readonly #logsIn: boolean
  readonly #dice: Dice
  readonly #line: Line
  readonly #settle: (problem: string | null) => void
  readonly #timer: NodeJS.Timeout
  #problem: string | null = null
  #hasClosed = false

  constructor(fuzzCase: FuzzCase, target: FuzzTarget, settle: (problem: string | null) => void) {
    const { kind, version, deviceName, frames } = fuzzCase
    this.#case = fuzzCase
    this.#certificate = target.devices.find(device => device.deviceName === deviceName)!
    this.#logsIn = kind === 'publishes' || kind === 'packets'
    this.#dice = new Dice(frames.length, frames[0]?.length ?? 0)
    this.#settle = settle
    this.#timer = setTimeout(() => this.#giveUp(), patienceMs)
    const parser = mqttPacket.parser({ protocolVersion: version })
    parser.on('error', (error: Error) => { this.#problem ??= `the engine sent what is no MQTT: ${error.message}` })
    parser.on('packet', packet => this.#take(packet))
    this.#line = openLine(fuzzCase, target, {
      onOpen: () => this.#begin(),
      onData: bytes => this.#logsIn && parser.parse(bytes),
      onClose: () => this.#finish(),
    })
  }

  #giveUp(): void {
    this.#problem ??= `${this.#case.kind} over ${this.#case.transport}: neither an answer nor the end of the connection within ${patienceMs / 1000} s`
    this.#line.destroy()
    this.#finish()
  }

  #finish(): void {
    this.#hasClosed = true
    clearTimeout(this.#timer)
    this.#settle(this.#problem)
  }

  #begin(): void {
    if (this.#logsIn)
      this.#line.write(frameOf(fuzzConnect(this.#certificate, this.#case, null), this.#case.version))
    else
      this.#writeFrames()
  }

  #writeFrames(): void {
    const { frames, kind, version } = this.#case
    const bytes = Buffer.concat(frames)
    // A part of it arrives alone now and then, so that packets lie across reads.
    const cut = this.#dice.chance(0.3) ? this.#dice.below(bytes.length + 1) : 0
    if (cut > 0)
      this.#line.write(bytes.subarray(0, cut))
    setImmediate(() => {
      this.#line.write(bytes.subarray(cut))
      if (kind === 'publishes')
        this.#line.write(frameOf({ cmd: 'pingreq' }, version))
      else
        this.#line.end()
    })
  }

  #take(packet: Packet): void {
    const { version } = this.#case
    if (packet.cmd === 'connack') {
      const code = version === 5 ? packet.reasonCode : packet.returnCode
      if (code !== 0)
        this.#problem ??= `a right CONNECT was refused with ${code}`
      this.#writeFrames()
    }
    else if (packet.cmd === 'publish') {
      const answer = answerTo(packet, this.#case, this.#dice)
      if (answer !== null && !this.#hasClosed)
        this.#line.write(answer)
    }
    else if (packet.cmd === 'pingresp') {
      if (this.#dice.chance(0.5))
        this.#line.destroy()
      else
        this.#line.end()
    }
  }
}

/**
 * Plays one case over a real socket and returns what went wrong, null when nothing did. A device that is logged in asks for
 * a sign of life behind what it sent; whoever broke the rules of the form has to see the connection end.
 */
export function playCase(fuzzCase: FuzzCase, target: FuzzTarget): Promise<string | null> {
  return new Promise(resolve => void new Player(fuzzCase, target, resolve))
}
