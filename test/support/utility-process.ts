import type { ChildProcess } from 'node:child_process'
import type { FakeMessagePortMain } from './electron-ports.ts'
import type { RelayMessage } from './port-relay.ts'
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { PortRelay } from './port-relay.ts'

/** Stands in for Electron's utility process by really running its entry: in a process of its own, with Electron's `process.parentPort`. */
export class UtilityProcess extends EventEmitter {
  static #lastPort = 0
  readonly #child: ChildProcess
  readonly #relay: PortRelay
  readonly stdout
  readonly stderr

  constructor(modulePath: string) {
    super()
    this.#child = fork(modulePath, [], { execArgv: ['--import', new URL('./parent-port.ts', import.meta.url).href], serialization: 'advanced', silent: true })
    this.stdout = this.#child.stdout
    this.stderr = this.#child.stderr
    this.#relay = new PortRelay(message => this.#send(message))
    this.#child.on('message', (message: RelayMessage) => message.k === 'event' ? this.emit('message', message.data) : this.#relay.receive(message))
    this.#child.on('exit', (code, signal) => {
      this.#relay.closeAll()
      this.emit('exit', code ?? (signal === 'SIGKILL' ? 137 : 1))
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  postMessage(data: unknown, ports: FakeMessagePortMain[] = []): void {
    const ids = ports.map((port) => {
      const id = ++UtilityProcess.#lastPort
      this.#relay.adopt(id, port.native)
      return id
    })
    this.#send({ k: 'event', data, ports: ids })
  }

  kill(): boolean {
    return this.#child.kill('SIGKILL')
  }

  #send(message: RelayMessage): void {
    if (this.#child.connected)
      this.#child.send(message)
  }
}
