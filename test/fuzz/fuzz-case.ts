import type { IConnectPacket } from 'mqtt-packet'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { MqttLevel } from './fuzz-packet.ts'
import { Buffer } from 'node:buffer'
import { connectPacket } from '../support/device-login.ts'
import { Dice } from './dice.ts'
import { anyConnect, anyControl, anyPublish, frameOf } from './fuzz-packet.ts'
import { spoilBytes } from './fuzz-payload.ts'

export type FuzzTransport = 'tcp' | 'websocket' | 'tls' | 'http'

/**
 * One connection of the fuzzer:
 * - `publishes`: logged in, many publishes that are well formed as packets, on every topic kind;
 * - `packets`: logged in, a few packets that are broken as packets;
 * - `connect`: a broken CONNECT and perhaps something behind it;
 * - `noise`: no MQTT at all, or a broken HTTP request on the HTTP port.
 */
export type FuzzKind = 'publishes' | 'packets' | 'connect' | 'noise'

export interface FuzzCase {
  kind: FuzzKind
  transport: FuzzTransport
  version: MqttLevel
  deviceName: string
  clean: boolean
  /** What is written, packet by packet, after the CONNECT if the case logs in. */
  frames: Buffer[]
}

/** The CONNECT of a fuzz device, rightly signed. */
export function fuzzConnect(certificate: DeviceCertificate, { version, clean }: Pick<FuzzCase, 'version' | 'clean'>, dice: Dice | null): IConnectPacket {
  return connectPacket(certificate, {
    version,
    method: dice?.pick(['hmacmd5', 'hmacsha1', 'hmacsha256'] as const) ?? 'hmacsha256',
    timestamp: '2524608000000',
    more: { _ss: 1, ext: 3 },
    connect: { clean, ...(version === 5 && !clean && { properties: { sessionExpiryInterval: 3_600 } }) },
  })
}

const requestLine = ['POST /auth/register/device HTTP/1.1', 'POST /auth/bootstrap HTTP/1.1', 'GET /auth/bootstrap/regionId/x HTTP/1.1', 'GET /ca.pem HTTP/1.1', 'POST /auth/register/device/../../x HTTP/1.1', 'GET /%00%ff HTTP/1.1']

function httpRequest(dice: Dice, { productKey, deviceName }: DeviceCertificate): Buffer {
  const fields = [`productKey=${productKey}`, `deviceName=${deviceName}`, 'random=1', 'signMethod=hmacsha256', 'sign=00', 'resources=mqtt', '%', '=&=', 'x=%ff%fe', `y=${'z'.repeat(dice.below(6_000))}`]
  const body = fields.filter(() => dice.chance(0.6)).join('&')
  const request = Buffer.from(`${dice.pick(requestLine)}\r\nHost: x\r\nConnection: close\r\nContent-Length: ${dice.chance(0.8) ? body.length : dice.below(100_000)}\r\n\r\n${body}`)
  return dice.chance(0.5) ? spoilBytes(request, dice) : request
}

function anyNoise(dice: Dice, certificate: DeviceCertificate): Buffer {
  return dice.pick([
    () => dice.bytes(1 + dice.below(300)),
    () => Buffer.concat([Buffer.from([0x16, 3, 1]), dice.bytes(dice.below(300))]),
    () => Buffer.concat([Buffer.from([0x10]), dice.bytes(dice.below(60))]),
    () => spoilBytes(Buffer.from('GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n\x82\x02\xC0\x00', 'latin1'), dice),
    () => httpRequest(dice, certificate),
  ])()
}

/** The case with this number: the same for the same seed and devices, whatever ran before. */
export function makeCase(seed: number, index: number, devices: readonly DeviceCertificate[]): FuzzCase {
  const dice = new Dice(seed, index)
  const certificate = devices[index % devices.length]!
  const { deviceName } = certificate
  const version = dice.pick([3, 4, 4, 5] as const)
  const clean = dice.chance(0.6)
  const fate = dice.next()
  const base = { version, deviceName, clean }
  if (fate < 0.7) {
    const transport = dice.chance(0.06) ? 'websocket' : dice.chance(0.02) ? 'tls' : 'tcp'
    return { ...base, kind: 'publishes', transport, frames: Array.from({ length: 60 }, (_, at) => anyPublish(dice, certificate, at + 1, version)) }
  }
  if (fate < 0.86)
    return { ...base, kind: 'packets', transport: dice.chance(0.1) ? 'websocket' : 'tcp', frames: Array.from({ length: 1 + dice.below(6) }, () => anyControl(dice, certificate, version)) }
  if (fate < 0.94) {
    const frames = [anyConnect(fuzzConnect(certificate, base, dice), dice, version)]
    if (dice.chance(0.5))
      frames.push(anyPublish(dice, certificate, 1, version), frameOf({ cmd: 'pingreq' }, version))
    return { ...base, kind: 'connect', transport: dice.chance(0.1) ? 'websocket' : 'tcp', frames }
  }
  const isHttp = dice.chance(0.4)
  return { ...base, kind: 'noise', transport: isHttp ? 'http' : 'tcp', frames: [isHttp ? httpRequest(dice, certificate) : anyNoise(dice, certificate)] }
}

/** A case in one line, for `--replay`. */
export function writeCase({ kind, transport, version, deviceName, clean, frames }: FuzzCase): string {
  return [kind, transport, version, deviceName, clean ? 'clean' : 'kept', frames.map(frame => frame.toString('hex')).join('.')].join(':')
}

/** The reverse of {@link writeCase}; throws when the line is none. */
export function readCase(line: string): FuzzCase {
  const match = /^(publishes|packets|connect|noise):(tcp|websocket|tls|http):([345]):([\w-]+):(clean|kept):([\da-f.]*)$/.exec(line.trim())
  if (match === null)
    throw new Error(`This is no case of the fuzzer: ${line.slice(0, 80)}`)
  const [, kind, transport, version, deviceName, kept, frames] = match
  return {
    kind: kind as FuzzKind,
    transport: transport as FuzzTransport,
    version: Number(version) as MqttLevel,
    deviceName: deviceName!,
    clean: kept === 'clean',
    frames: frames!.split('.').map(frame => Buffer.from(frame, 'hex')),
  }
}
