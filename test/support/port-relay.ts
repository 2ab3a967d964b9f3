import type { MessagePort } from 'node:worker_threads'

/** What two processes say to each other in place of Electron: events with ports, and what goes through these ports. */
export type RelayMessage
  = | { k: 'event', data: unknown, ports: number[] }
    | { k: 'port', id: number, data: unknown }
    | { k: 'close', id: number }

/**
 * Carries the messages of ports between two processes, because Node, other than Electron, cannot hand a port to another
 * process. Each side has one, and a port has the same number on both.
 */
export class PortRelay {
  readonly #ports = new Map<number, MessagePort>()
  readonly #send: (message: RelayMessage) => void

  constructor(send: (message: RelayMessage) => void) {
    this.#send = send
  }

  /** Relays between this port and its twin in the other process. */
  adopt(id: number, port: MessagePort): void {
    this.#ports.set(id, port)
    port.on('message', data => this.#send({ k: 'port', id, data }))
    port.on('close', () => {
      if (this.#ports.delete(id))
        this.#send({ k: 'close', id })
    })
  }

  receive(message: Exclude<RelayMessage, { k: 'event' }>): void {
    const port = this.#ports.get(message.id)
    if (message.k === 'port') {
      port?.postMessage(message.data)
    }
    else {
      this.#ports.delete(message.id)
      port?.close()
    }
  }

  /** The other process is gone, and with it its end of every port. */
  closeAll(): void {
    const ports = [...this.#ports.values()]
    this.#ports.clear()
    ports.forEach(port => port.close())
  }
}
