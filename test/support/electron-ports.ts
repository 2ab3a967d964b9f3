import type { MessagePortMain } from 'electron'
import type { MessagePort } from 'node:worker_threads'
import { EventEmitter } from 'node:events'

/**
 * A port with the face of Electron's MessagePortMain over a real port of Node: its listeners get `{ data, ports }`, and it
 * delivers nothing before `start`. Handing over anything with a message fails, because Electron would lose a message that
 * transfers an ArrayBuffer (electron#34905) and ours never transfer a port this way.
 */
export class FakeMessagePortMain extends EventEmitter implements Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> {
  /** What travels when this port is handed over. */
  readonly native: MessagePort

  constructor(native: MessagePort) {
    super()
    this.native = native
  }

  postMessage(message: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0)
      throw new TypeError('This port hands over nothing with its messages.')
    this.native.postMessage(message)
  }

  start(): void {
    this.native.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
    this.native.on('close', () => this.emit('close'))
  }

  close(): void {
    this.native.close()
  }
}
