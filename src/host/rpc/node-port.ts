import type { Port } from '../../shared/contract/port.ts'
import { createPortInbox } from '../../shared/rpc/port-inbox.ts'

/** What a worker's MessagePort and Electron's MessagePortMain have in common; they differ in what a `message` listener gets. */
export interface EventedPort {
  on: ((event: 'message', listener: (message: any) => void) => unknown) & ((event: 'close', listener: () => void) => unknown)
  postMessage: (message: unknown) => void
  start?: () => void
  close: () => void
}

/**
 * Wraps a port of Node's `worker_threads`, or one that Electron's main handed over (`wrapping: 'event'`: its listeners get
 * `{ data, ports }`). Never hands over ArrayBuffers: Electron loses a message that transfers one (electron#34905), so
 * typed arrays are copied.
 */
export function createNodePort(port: EventedPort, wrapping: 'none' | 'event' = 'none'): Port {
  const inbox = createPortInbox()
  port.on('close', inbox.end)
  return {
    post(message) {
      if (!inbox.isClosed)
        port.postMessage(message)
    },
    onMessage(receive) {
      inbox.onMessage(receive)
      port.on('message', wrapping === 'event'
        ? event => inbox.deliver(event.data)
        : inbox.deliver)
      port.start?.()
    },
    onClose: inbox.onClose,
    close() {
      inbox.end()
      port.close()
    },
  }
}
