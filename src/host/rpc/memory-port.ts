import type { Port } from '../../shared/contract/port.ts'
import type { PortInbox } from '../../shared/rpc/port-inbox.ts'
import { createPortInbox } from '../../shared/rpc/port-inbox.ts'

/**
 * Two ports joined in memory, for an engine and a caller in one process. Messages are copied, so that neither side can
 * change what the other holds, and arrive in a later turn of the event loop, so that a quick stream starves nobody.
 */
export function createMemoryPorts(): [Port, Port] {
  const inboxes: [PortInbox, PortInbox] = [createPortInbox(), createPortInbox()]
  let isClosed = false
  const portOf = (own: PortInbox, other: PortInbox): Port => ({
    post(message) {
      if (isClosed)
        return
      const copy: unknown = structuredClone(message)
      setImmediate(() => other.deliver(copy))
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close() {
      if (isClosed)
        return
      isClosed = true
      own.end()
      // After the messages that were posted before.
      setImmediate(() => other.end())
    },
  })
  return [portOf(inboxes[0], inboxes[1]), portOf(inboxes[1], inboxes[0])]
}
