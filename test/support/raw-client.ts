import type { IConnackPacket, Packet, PacketCmd } from 'mqtt-packet'
import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { BrokerDevice } from '../../src/engine/broker/types.ts'
import type { LoginOptions } from './device-login.ts'
import { once } from 'node:events'
import { connect } from 'node:net'
import mqttPacket from 'mqtt-packet'
import { onTestFinished } from 'vitest'
import { connectPacket } from './device-login.ts'
import { waitFor } from './wait-for.ts'

export { connectPacket, type LoginOptions } from './device-login.ts'

/** An MQTT client that sends what it is told, right or wrong, and keeps what it gets. */
export class RawClient {
  readonly socket: Socket
  readonly version: 3 | 4 | 5
  readonly packets: Packet[] = []
  readonly bytes: Buffer[] = []
  isClosed = false
  #taken = 0

  constructor(socket: Socket, version: 3 | 4 | 5) {
    this.socket = socket
    this.version = version
    const parser = mqttPacket.parser({ protocolVersion: version })
    parser.on('packet', packet => this.packets.push(packet))
    // Not everything that answers on a port speaks MQTT.
    parser.on('error', () => {})
    socket.on('data', (chunk) => {
      this.bytes.push(chunk)
      parser.parse(chunk)
    })
    socket.on('error', () => {})
    socket.on('close', () => { this.isClosed = true })
  }

  send(packet: Packet): void {
    this.socket.write(mqttPacket.generate(packet, { protocolVersion: this.version }))
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** The next packet that has not been looked at, which has to be a `cmd`. */
  async next<C extends PacketCmd>(cmd: C): Promise<Extract<Packet, { cmd: C }>> {
    await waitFor(() => this.packets.length > this.#taken || this.isClosed, { what: `a ${cmd}` })
    const packet = this.packets[this.#taken]
    if (packet?.cmd !== cmd)
      throw new Error(`A ${cmd} was to come, and ${packet === undefined ? 'the connection closed' : JSON.stringify(packet)} did.`)
    this.#taken++
    return packet as Extract<Packet, { cmd: C }>
  }

  async closed(): Promise<void> {
    await waitFor(() => this.isClosed, { what: 'the connection to close' })
  }

  /** Everything that has come and not been looked at, once a PINGREQ sent now has been answered: so nothing is on the way. */
  async settled(): Promise<Packet[]> {
    this.send({ cmd: 'pingreq' })
    await waitFor(() => this.packets.slice(this.#taken).some(packet => packet.cmd === 'pingresp'), { what: 'a PINGRESP' })
    const rest = this.packets.slice(this.#taken).filter(packet => packet.cmd !== 'pingresp')
    this.#taken = this.packets.length
    return rest
  }

  destroy(): void {
    this.socket.destroy()
  }
}

/** A TCP connection on which nothing has been said, closed when the test is over. */
export async function openRaw(port: number, version: 3 | 4 | 5 = 4): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  onTestFinished(() => { socket.destroy() })
  return new RawClient(socket, version)
}

/** Sends a CONNECT and returns the client and what CONNACK says. */
export async function tryLogin(port: number, device: BrokerDevice, options: LoginOptions = {}): Promise<{ client: RawClient, connack: IConnackPacket }> {
  const client = await openRaw(port, options.version)
  client.send(connectPacket(device, options))
  return { client, connack: await client.next('connack') }
}

/** A device that is logged in; fails when it is not let in. */
export async function login(port: number, device: BrokerDevice, options: LoginOptions = {}): Promise<RawClient> {
  const { client, connack } = await tryLogin(port, device, options)
  const code = options.version === 5 ? connack.reasonCode : connack.returnCode
  if (code !== 0)
    throw new Error(`The device was refused with ${code}.`)
  return client
}
