import type { Port } from '../../shared/contract/port.ts'
import { createPortInbox } from '../../shared/rpc/port-inbox.ts'

/** Wraps a browser MessagePort. Typed arrays are copied, never handed over: Electron loses a message that transfers one. */
export function createMessagePort(port: MessagePort): Port {
  const inbox = createPortInbox()
  port.addEventListener('message', event => inbox.deliver(event.data))
  port.addEventListener('messageerror', () => inbox.deliver(undefined))
  port.addEventListener('close', inbox.end)
  return {
    post(message) {
      if (!inbox.isClosed)
        port.postMessage(message)
    },
    onMessage(receive) {
      inbox.onMessage(receive)
      port.start()
    },
    onClose: inbox.onClose,
    close() {
      inbox.end()
      port.close()
    },
  }
}
