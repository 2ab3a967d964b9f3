import type { Packet } from 'mqtt-packet'
import type { AddressInfo, Server, Socket } from 'node:net'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { generate, parser } from 'mqtt-packet'

/** One connection to a scripted broker. */
export interface ScriptedClient {
  readonly socket: Socket
  /** The whole client id string of its CONNECT; empty before. */
  readonly clientId: string
  /** Everything it has sent. */
  readonly received: Packet[]
  send: (packet: Packet) => void
}

export interface ScriptedBrokerOptions {
  /** Default: any free port. */
  port?: number
  tls?: { key: string, cert: string }
  /** Called for every packet; true: the script has dealt with it, otherwise the broker answers as brokers do. */
  script?: (packet: Packet, client: ScriptedClient) => boolean
}

export interface ScriptedBroker {
  readonly host: string
  readonly port: number
  /** All connections there ever were, in order. */
  readonly clients: ScriptedClient[]
  /** The packets of one kind that all clients have sent. */
  packets: <C extends Packet['cmd']>(cmd: C) => Extract<Packet, { cmd: C }>[]
  close: () => Promise<void>
}

/** A broker on 127.0.0.1 that accepts everybody and acknowledges everything, except where a script says otherwise. */
export async function startScriptedBroker({ port = 0, tls, script = () => false }: ScriptedBrokerOptions = {}): Promise<ScriptedBroker> {
  const clients: ScriptedClient[] = []
  const server: Server = tls === undefined
    ? createTcpServer(accept)
    : createTlsServer(tls, accept)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')

  function accept(socket: Socket): void {
    let clientId = ''
    const client: ScriptedClient = {
      socket,
      get clientId() { return clientId },
      received: [],
      send: packet => socket.write(generate(packet)),
    }
    clients.push(client)
    const reader = parser({ protocolVersion: 4 })
    reader.on('packet', (packet) => {
      client.received.push(packet)
      if (packet.cmd === 'connect')
        clientId = packet.clientId
      if (!script(packet, client))
        answer(packet, client)
    })
    socket.on('data', bytes => reader.parse(bytes))
    socket.on('error', () => { /* The device has gone. */ })
  }

  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    clients,
    packets: <C extends Packet['cmd']>(cmd: C) => clients.flatMap(client => client.received.filter(packet => packet.cmd === cmd)) as Extract<Packet, { cmd: C }>[],
    async close() {
      for (const { socket } of clients)
        socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(packet: Packet, client: ScriptedClient): void {
  switch (packet.cmd) {
    case 'connect':
      return client.send({ cmd: 'connack', returnCode: 0, sessionPresent: false })
    case 'publish':
      return packet.qos === 1 ? client.send({ cmd: 'puback', messageId: packet.messageId! }) : undefined
    case 'subscribe':
      return client.send({ cmd: 'suback', messageId: packet.messageId!, granted: packet.subscriptions.map(() => 1) })
    case 'pingreq':
      return client.send({ cmd: 'pingresp' })
    case 'disconnect':
      client.socket.end()
  }
}

/** The reply the platform would send to a property post. */
export function replyTo(publish: { topic: string, payload: string | Buffer }, code = 200): Packet {
  const { id } = JSON.parse(publish.payload.toString()) as { id: string }
  const payload = `{"code":${code},"data":{},"id":"${id}","message":"success","method":"thing.event.property.post","version":"1.0"}`
  return { cmd: 'publish', topic: `${publish.topic}_reply`, payload: Buffer.from(payload), qos: 0, dup: false, retain: false }
}
