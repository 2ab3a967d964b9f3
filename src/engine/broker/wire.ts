import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { DeviceTransport } from './transport.ts'

/** A stream of bytes to one device, whatever carries it. */
export interface Wire {
  readonly transport: DeviceTransport
  readonly remoteAddress: string
  /** The address of this machine at which the device has connected. */
  readonly localAddress: string
  write: (bytes: Uint8Array) => void
  /** Bytes written that the operating system has not taken yet. */
  queuedBytes: () => number
  pause: () => void
  resume: () => void
  /** Sends what is queued and then says goodbye; what still comes in goes on to `receive`. */
  end: () => void
  destroy: () => void
}

/** Who listens to a wire. */
export interface WireListener {
  /** The first `length` bytes of `chunk` have come; the buffer is used again as soon as the call returns. */
  receive: (chunk: Buffer, length: number) => void
  /** What had been queued is gone. */
  hasRoom: () => void
  /** The other side sends no more. */
  hasGone: () => void
  /** It is over: nothing comes and nothing goes any more. */
  hasClosed: () => void
}

/** A wire whose listener is told of everything but the bytes of a socket, which the door hands on. */
export interface ListenableWire extends Wire { listenWith: (listener: WireListener) => void }

/** An IPv4 address that a dual-stack socket shows as IPv6 comes out as IPv4. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')
}

/** MQTT over a socket, plain or with TLS. */
export class TcpWire implements ListenableWire {
  readonly transport: 'tcp' | 'tls'
  readonly #socket: Socket

  constructor(socket: Socket, transport: 'tcp' | 'tls' = 'tcp') {
    this.#socket = socket
    this.transport = transport
  }

  get remoteAddress(): string {
    return plainAddress(this.#socket.remoteAddress)
  }

  get localAddress(): string {
    return plainAddress(this.#socket.localAddress)
  }

  /** Bytes are not among what is listened for: the door hands them on as it reads them. */
  listenWith(listener: WireListener): void {
    const socket = this.#socket
    socket.on('drain', () => listener.hasRoom())
    // The end is told at once: what is still queued for a peer that has gone must not keep the device online.
    socket.on('end', () => listener.hasGone())
    socket.on('close', () => listener.hasClosed())
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  queuedBytes(): number {
    return this.#socket.writableLength
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** MQTT over WebSocket (MQTT 6): packets may be split over and gathered in binary messages at will. */
export class WebSocketWire implements ListenableWire {
  readonly transport = 'websocket'
  readonly remoteAddress: string
  readonly localAddress: string
  readonly #webSocket: WebSocket
  readonly #socket: Socket

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.remoteAddress = plainAddress(socket.remoteAddress)
    this.localAddress = plainAddress(socket.localAddress)
  }

  listenWith(listener: WireListener): void {
    const webSocket = this.#webSocket
    webSocket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary)
        listener.receive(data, data.length)
      else
        // MQTT 6.0.0-1: a text message ends the connection; 1003 is "cannot accept this type of data".
        webSocket.close(1003)
    })
    this.#socket.on('drain', () => listener.hasRoom())
    // A protocol violation of the client ends with 'close' as well.
    webSocket.on('error', () => {})
    webSocket.on('close', () => listener.hasClosed())
  }

  write(bytes: Uint8Array): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN)
      this.#webSocket.send(bytes)
  }

  queuedBytes(): number {
    return this.#webSocket.bufferedAmount
  }

  pause(): void {
    this.#webSocket.pause()
  }

  resume(): void {
    this.#webSocket.resume()
  }

  end(): void {
    this.#webSocket.close(1000)
  }

  destroy(): void {
    this.#webSocket.terminate()
  }
}
