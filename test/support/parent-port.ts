import type { RelayMessage } from './port-relay.ts'
import { EventEmitter } from 'node:events'
import process from 'node:process'
import { MessageChannel } from 'node:worker_threads'
import { FakeMessagePortMain } from './electron-ports.ts'
import { PortRelay } from './port-relay.ts'

/**
 * Gives a forked process the `process.parentPort` of Electron's utility processes, so that the built entries run in it: loaded
 * with `--import` before them. Messages wait for the first listener, as they do in Electron.
 */
class FakeParentPort extends EventEmitter {
  #waiting: unknown[] = []

  receive(event: unknown): void {
    if (this.listenerCount('message') === 0)
      this.#waiting.push(event)
    else
      this.emit('message', event)
  }

  override on(name: string, listener: (event: unknown) => void): this {
    super.on(name, listener)
    return this.#flush()
  }

  override once(name: string, listener: (event: unknown) => void): this {
    super.once(name, listener)
    return this.#flush()
  }

  #flush(): this {
    this.#waiting.splice(0).forEach(event => this.receive(event))
    return this
  }

  postMessage(data: unknown): void {
    send({ k: 'event', data, ports: [] })
  }
}

function send(message: RelayMessage): void {
  if (process.connected)
    process.send!(message)
}

const relay = new PortRelay(send)
const fake = new FakeParentPort()
process.on('message', (message: RelayMessage) => {
  if (message.k !== 'event')
    return relay.receive(message)
  const ports = message.ports.map((id) => {
    const { port1, port2 } = new MessageChannel()
    relay.adopt(id, port1)
    return new FakeMessagePortMain(port2)
  })
  fake.receive({ data: message.data, ports })
})
// Chromium ends a utility process whose main is gone.
process.on('disconnect', () => process.exit(1))
Object.assign(process, { parentPort: fake })
