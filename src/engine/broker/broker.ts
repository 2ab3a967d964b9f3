import type { Socket } from 'node:net'
import type { BrokerCore } from './core.ts'
import type { Door } from './listen.ts'
import type { Broker, BrokerOptions, BrokerQueue } from './types.ts'
import type { ListenableWire } from './wire.ts'
import { attach, detach, endAttached, kickAttached } from './attached.ts'
import { Connection, pauseReason } from './connection.ts'
import { deliver, isUnasked, sendWaiting } from './delivery.ts'
import { breakConnection, endConnection, endMalformed, loseConnection, reportAttempt } from './ending.ts'
import { Flusher } from './flusher.ts'
import { packetType } from './frame.ts'
import { handleFrame } from './incoming.ts'
import { openDoor } from './listen.ts'
import { platformCode } from './platform-code.ts'
import { handleLongPublish } from './publish.ts'
import { reasonCode } from './reason-code.ts'
import { StoredSessions, unsavedSessions } from './session-saver.ts'
import { Sessions } from './sessions.ts'
import { endSubscription, hasSubscribed, subscriptionsOf } from './subscriptions.ts'
import { supervise } from './supervise.ts'
import { AccountRate, ConnectRate } from './throttle.ts'
import { Turns } from './turns.ts'
import { plainAddress, TcpWire, WebSocketWire } from './wire.ts'

const connectByte = packetType.connect << 4

/**
 * Opens the door for devices: MQTT 3.1, 3.1.1 and 5 over TCP and WebSocket on one port, with the platform's rules for
 * logging in and for topics. Brings back the sessions that the store holds before anybody can come in. Rejects with
 * `listen/failed` when the port cannot be had.
 */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const { clock, log, store } = options
  const saver = store === undefined ? unsavedSessions : new StoredSessions(store, clock, log)
  const core = createCore(options, new Sessions(clock, saver))
  if (store !== undefined)
    await core.sessions.load(store)
  const door = await openBrokerDoor(core, options)
  let closing: Promise<void> | undefined
  const supervision = supervise(core, door.look)
  log.info('the device port is open', door.address)

  return {
    address: door.address,
    accept: wire => void welcome(core, wire),
    deliver: (deviceId, message) => deliver(core, deviceId, message),
    hasSubscribed: (deviceId, topic) => hasSubscribed(core, deviceId, topic),
    isUnasked: (deviceId, topic) => isUnasked(core, deviceId, topic),
    subscriptionsOf: deviceId => subscriptionsOf(core, deviceId),
    unsubscribe: (deviceId, filter) => endSubscription(core, deviceId, filter),
    topicsChanged() {
      for (const connection of core.online.values())
        connection.permittedTopic = ''
    },
    clientOf: deviceId => core.online.get(deviceId)?.client ?? core.attached.get(deviceId)?.client,
    disconnect(deviceId, reason) {
      const connection = core.online.get(deviceId)
      if (connection !== undefined) {
        endConnection(core, connection, reason, reason.code === platformCode.kicked ? reasonCode.sessionTakenOver : reasonCode.administrativeAction)
      }
      else {
        endAttached(core, deviceId, reason)
      }
    },
    breakOff(deviceId, reason) {
      const connection = core.online.get(deviceId)
      if (connection !== undefined)
        breakConnection(core, connection, reason)
      else
        endAttached(core, deviceId, reason)
    },
    attach(gatewayDeviceId, device, clientId) {
      const gateway = core.online.get(gatewayDeviceId)?.client?.device
      const message = `The device logged in through the gateway ${gateway?.productKey}/${gateway?.deviceName}, which ended`
      const own = core.online.get(device.deviceId)
      if (own !== undefined && gateway !== undefined)
        endConnection(core, own, { code: platformCode.kicked, message: `${message} this connection.` }, reasonCode.sessionTakenOver)
      if (gateway !== undefined)
        kickAttached(core, device.deviceId, `${message} its session through`)
      return attach(core, gatewayDeviceId, device, clientId)
    },
    detach: deviceId => detach(core, deviceId),
    attachedCount: gatewayDeviceId => core.online.get(gatewayDeviceId)?.subDevices?.size ?? 0,
    forget: deviceId => core.sessions.forget(deviceId),
    setPressure: isFull => setPressure(core, isFull),
    stats: () => ({ ...core.counters, connections: core.online.size }),
    queue: () => measureQueue(core.online.values()),
    flush: () => core.sessions.flush(),
    close: () => closing ??= close(),
  }

  async function close(): Promise<void> {
    supervision.close()
    const closed = door.close()
    for (const connection of [...core.connections])
      endConnection(core, connection, { code: platformCode.success, message: 'The platform is stopping.' }, reasonCode.serverShuttingDown)
    // One turn for what was written to leave; whoever does not read it then has to do without.
    await new Promise<void>(resolve => setImmediate(resolve))
    const gone = whenGone(core)
    for (const connection of core.connections)
      connection.wire.destroy()
    await gone
    await closed
    await saver.close()
  }
}

function measureQueue(connections: Iterable<Connection>): BrokerQueue {
  const queue: BrokerQueue = { bytes: 0, mostBytes: 0, pausedDevices: 0 }
  for (const connection of connections) {
    const bytes = connection.queuedBytes()
    queue.bytes += bytes
    queue.mostBytes = Math.max(queue.mostBytes, bytes)
    queue.pausedDevices += connection.isPaused ? 1 : 0
  }
  return queue
}

/** Resolves when no connection is open any more. */
function whenGone(core: BrokerCore): Promise<void> {
  return new Promise((resolve) => {
    core.onEmpty = resolve
    if (core.connections.size === 0)
      resolve()
  })
}

function createCore({ clock, log, hooks, seam, strictSubscriptions = false, applyLimits = () => false }: BrokerOptions, sessions: Sessions): BrokerCore {
  const core: BrokerCore = {
    clock,
    log,
    hooks,
    seam,
    strictSubscriptions,
    applyLimits,
    connectRate: new ConnectRate(),
    accountRate: new AccountRate(),
    sessions,
    flusher: new Flusher(),
    turns: new Turns(),
    connections: new Set(),
    online: new Map(),
    attached: new Map(),
    hasPressure: false,
    looks: 0,
    lastConnectionId: 0,
    counters: {
      publishesIn: 0,
      publishesOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      droppedOut: 0,
      refusedConnects: 0,
      malformedPackets: 0,
      refusedSockets: 0,
    },
    onFrame: (connection, bytes, start, end) => handleFrame(core, connection, bytes, start, end),
    onLongPublish: (connection, head) => handleLongPublish(core, connection, head),
    onTooLong: (connection, totalBytes) => endTooLong(core, connection, totalBytes),
    onMalformed: (connection, problem) => endMalformed(core, connection, problem),
    onRoom: connection => sendWaiting(core, connection),
    onGone: connection => loseConnection(core, connection),
    onClosed(connection) {
      core.connections.delete(connection)
      loseConnection(core, connection)
      if (core.connections.size === 0)
        core.onEmpty?.()
    },
    onEmpty: undefined,
  }
  return core
}

function openBrokerDoor(core: BrokerCore, { host, port, certificate }: BrokerOptions): Promise<Door> {
  return openDoor({
    host,
    port,
    openConnections: () => core.connections.size,
    certificate,
    onTcp(socket, first, transport) {
      const connection = welcome(core, new TcpWire(socket, transport))
      if (first[0] === connectByte)
        connection.receive(first, first.length)
      else
        endMalformed(core, connection, `it begins with byte 0x${first[0]!.toString(16).padStart(2, '0')}`)
      return connection
    },
    onWebSocket: (webSocket, socket) => void welcome(core, new WebSocketWire(webSocket, socket)),
    onTls: socket => refuseTls(core, socket),
    onTlsFailed(remoteAddress, message) {
      core.counters.refusedConnects++
      reportAttempt(core, { wire: { transport: 'tls', remoteAddress: plainAddress(remoteAddress) } }, { code: platformCode.malformed, message }, {})
    },
    onTooMany(socket) {
      core.counters.refusedSockets++
      core.log.warn('a socket was turned away because too many are open', { remoteAddress: plainAddress(socket.remoteAddress) })
    },
  })
}

function welcome(core: BrokerCore, wire: ListenableWire): Connection {
  const connection = new Connection(wire, core)
  core.connections.add(connection)
  wire.listenWith(connection)
  return connection
}

/** A broker without a certificate tells whoever tries TLS. */
function refuseTls(core: BrokerCore, socket: Socket): void {
  const remoteAddress = plainAddress(socket.remoteAddress)
  core.counters.refusedConnects++
  core.log.warn('a TLS handshake was refused', { remoteAddress })
  const message = 'A TLS handshake came, and TLS is not available on this port yet: connect with plain TCP (securemode=3).'
  reportAttempt(core, { wire: { transport: 'tls', remoteAddress } }, { code: platformCode.malformed, message }, {})
}

/** MQTT 5 announces its longest packet, so it has a word for a longer one (0x95); before it, a packet of that length is nonsense. */
function endTooLong(core: BrokerCore, connection: Connection, totalBytes: number): void {
  if (connection.client === null || connection.version !== 5)
    return endMalformed(core, connection, `a packet of ${totalBytes} bytes began, ${connection.frameBytesMax} are allowed`)
  const message = `The device sent a packet of ${totalBytes} bytes; ${connection.frameBytesMax} are allowed.`
  endConnection(core, connection, { code: platformCode.payloadInvalid, message }, reasonCode.packetTooLarge)
}

/** Stops or resumes reading from those that send QoS 1; everybody else goes on. */
function setPressure(core: BrokerCore, isFull: boolean): void {
  core.hasPressure = isFull
  for (const connection of core.online.values()) {
    if (!isFull)
      connection.resumeReading(pauseReason.pressure)
    else if (connection.sendsQos1)
      connection.pauseReading(pauseReason.pressure)
  }
}
