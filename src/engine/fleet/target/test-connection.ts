import type { Packet } from 'mqtt-packet'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../../../shared/clock.ts'
import type { ConnectionStep, ConnectionTest, StepResult } from '../../../shared/contract/fleet-target.ts'
import type { FleetBroker, FleetDevice } from '../messages.ts'
import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { generate, parser } from 'mqtt-packet'
import { limits } from '../../../shared/limits.ts'
import { describeConnack, describeSocketError } from '../broker-address.ts'
import { encodeSubscribe } from '../connect-packet.ts'
import { tlsOptionsOf } from '../dial.ts'

export interface ConnectionToTest {
  broker: FleetBroker
  device: FleetDevice
  /** CONNECT of the device. */
  hello: Uint8Array
  /** What it subscribes to. */
  filters: string[]
}

/** A step that did not work, in a sentence. */
class StepFailure extends Error {}

/** Goes the way of a device to its broker and tells of each step, up to the first that fails. Sends no report. Never rejects. */
export async function testConnection({ broker, device, hello, filters }: ConnectionToTest, clock: Clock): Promise<ConnectionTest> {
  const { host, port } = broker
  const steps: StepResult[] = [{ step: 'devices', state: 'passed', said: `Logs in as ${device.productKey}/${device.deviceName}.`, ms: 0 }]
  let raw: Socket | undefined
  let socket: Socket | undefined
  const take = async (step: ConnectionStep, work: () => Promise<string>): Promise<void> => {
    const begunAt = clock.now()
    const ms = (): number => Math.round((clock.now() - begunAt) * 10) / 10
    try {
      steps.push({ step, state: 'passed', said: await work(), ms: ms() })
    }
    catch (error) {
      const said = error instanceof StepFailure ? error.message : sentence(wordsOf(error as NodeJS.ErrnoException, broker))
      // With TLS 1.3 a broker that refuses a client certificate says so only after the handshake.
      const isTls = step === 'connect' && (error as NodeJS.ErrnoException).code?.startsWith('ERR_SSL_') === true
      if (isTls)
        steps.pop()
      steps.push({ step: isTls ? 'tls' : step, state: 'failed', said, ms: ms() })
      throw error
    }
  }
  const skip = (step: ConnectionStep, said: string): void => void steps.push({ step, state: 'skipped', said, ms: 0 })

  try {
    let address = host
    if (isIP(host) === 0) {
      await take('dns', async () => {
        address = await addressOf(host)
        return `${host} is ${address}.`
      })
    }
    else { skip('dns', `${host} is an address already.`) }
    await take('tcp', async () => {
      socket = raw = connectTcp({ host: address, port, noDelay: true })
      await happens(raw, 'connect')
      return `${address}:${port} takes connections.`
    })
    const { tls } = broker
    if (tls === null) {
      skip('tls', 'Plain TCP, as it is set.')
    }
    else {
      await take('tls', async () => {
        const secured = connectTls({ socket: socket!, ...tlsOptionsOf(host, tls) })
        socket = secured
        await happens(secured, 'secureConnect')
        return describeTls(secured, tls.verify)
      })
    }
    const reader = new PacketReader(socket!)
    await take('connect', async () => {
      socket!.write(hello)
      const answer = await reader.next()
      if (answer.cmd !== 'connack')
        throw new StepFailure(`The broker answered CONNECT with ${answer.cmd.toUpperCase()}.`)
      if (answer.returnCode !== 0)
        throw new StepFailure(sentence(describeConnack(answer.returnCode ?? 0xFF)))
      return 'The broker took the login.'
    })
    if (filters.length === 0) {
      skip('subscribe', 'The devices subscribe to nothing.')
    }
    else {
      await take('subscribe', async () => {
        socket!.write(encodeSubscribe(filters))
        const answer = await reader.next(packet => packet.cmd === 'suback')
        const refused = answer.cmd === 'suback' ? filters.filter((_, at) => Number(answer.granted[at] ?? 0x80) >= 0x80) : filters
        if (refused.length > 0)
          throw new StepFailure(`The broker refused to subscribe to ${refused.join(', ')}.`)
        return `Subscribed to ${filters.join(', ')}.`
      })
    }
    await sayGoodbye(socket!)
    return { passed: true, steps }
  }
  catch {
    // The step has said it.
    return { passed: false, steps }
  }
  finally {
    for (const one of [socket, raw]) {
      one?.on('error', () => {})
      one?.destroy()
    }
  }
}

/** DISCONNECT, and then the end, which the broker makes. */
function sayGoodbye(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', resolve)
    socket.setTimeout(limits.connectionStepMsMax, resolve)
    socket.end(generate({ cmd: 'disconnect' }))
  })
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host, { order: 'ipv4first' })).address
  }
  catch (error) {
    throw new StepFailure(`The name ${host} cannot be resolved (${(error as NodeJS.ErrnoException).code ?? String(error)}).`)
  }
}

/** Rejects with what goes wrong before the event, and after a while. */
function happens(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    watchEnd(socket, reject)
    socket.once(event, () => resolve())
  })
}

function watchEnd(socket: Socket, ended: (error: Error) => void): void {
  socket.setTimeout(limits.connectionStepMsMax, () => ended(new StepFailure(`No answer within ${limits.connectionStepMsMax / 1000} s.`)))
  socket.once('error', ended)
  socket.once('close', () => ended(new StepFailure('The broker closed the connection.')))
}

/** The packets of a broker, one after the other. */
class PacketReader {
  readonly #packets: Packet[] = []
  #problem: Error | undefined
  #changed: () => void = () => {}

  constructor(socket: Socket) {
    const frames = parser({ protocolVersion: 4 })
    frames.on('packet', (packet) => {
      this.#packets.push(packet)
      this.#changed()
    })
    const end = (error: Error): void => {
      this.#problem ??= error
      this.#changed()
    }
    frames.on('error', () => end(new StepFailure('What answers there does not speak MQTT 3.1.1.')))
    watchEnd(socket, end)
    socket.on('data', bytes => frames.parse(bytes))
  }

  /** The next packet that is wanted; others are passed over. */
  async next(isWanted: (packet: Packet) => boolean = () => true): Promise<Packet> {
    for (;;) {
      const packet = this.#packets.shift()
      if (packet !== undefined && isWanted(packet))
        return packet
      if (packet !== undefined)
        continue
      if (this.#problem !== undefined)
        throw this.#problem
      await new Promise<void>((resolve) => { this.#changed = resolve })
    }
  }
}

function describeTls(socket: TLSSocket, verify: boolean): string {
  const { subject, valid_to: validTo } = socket.getPeerCertificate()
  const name = subject?.CN ?? 'no name'
  const trust = socket.authorized ? 'trusted' : verify ? 'not trusted' : 'not trusted, which is set to be passed over'
  return `${socket.getProtocol() ?? 'TLS'}; the certificate of ${String(name)} is ${trust} and ends ${validTo}.`
}

const tlsWords: Record<string, string> = {
  'DEPTH_ZERO_SELF_SIGNED_CERT': 'the broker\'s certificate is signed by itself; give it as CA, or switch verification off',
  'SELF_SIGNED_CERT_IN_CHAIN': 'the broker\'s certificate comes from an authority that is not known here; give its CA',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE': 'the broker\'s certificate comes from an authority that is not known here; give its CA',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY': 'the broker\'s certificate comes from an authority that is not known here; give its CA',
  'ERR_TLS_CERT_ALTNAME_INVALID': 'the broker\'s certificate is for another name than the one connected to',
  'CERT_HAS_EXPIRED': 'the broker\'s certificate has expired',
  'CERT_NOT_YET_VALID': 'the broker\'s certificate is not valid yet; is the clock right?',
  'ERR_SSL_WRONG_VERSION_NUMBER': 'what listens there does not speak TLS',
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED': 'the broker wants a client certificate',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA': 'the broker does not know the authority of the client certificate',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE': 'the broker refuses the client certificate',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': 'the broker refuses the TLS handshake, for which it may want a client certificate',
}

function wordsOf(error: NodeJS.ErrnoException, broker: FleetBroker): string {
  return tlsWords[error.code ?? ''] ?? describeSocketError(error, broker)
}

function sentence(words: string): string {
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`
}
