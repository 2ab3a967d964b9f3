/** The receiving half that every port shares: early messages wait, and the end is told exactly once. */
export interface PortInbox {
  readonly isClosed: boolean
  /** Hands a message that arrived to whoever listens; messages after the end are dropped. */
  deliver: (message: unknown) => void
  /** Marks the end; the listener hears of it after the present turn. Later calls do nothing. */
  end: () => void
  onMessage: (receive: (message: unknown) => void) => void
  onClose: (closed: () => void) => void
}

/** Makes the inbox of one port; see `Port` for what its listeners are promised. */
export function createPortInbox(): PortInbox {
  let waiting: unknown[] = []
  let receive: ((message: unknown) => void) | undefined
  let closed: (() => void) | undefined
  let ended = false
  const tellEnd = (): void => void Promise.resolve().then(() => {
    closed?.()
    closed = undefined
  })
  return {
    get isClosed() {
      return ended
    },
    deliver(message) {
      if (ended)
        return
      if (receive)
        receive(message)
      else
        waiting.push(message)
    },
    end() {
      if (ended)
        return
      ended = true
      tellEnd()
    },
    onMessage(listener) {
      receive = listener
      const early = waiting
      waiting = []
      early.forEach(message => listener(message))
    },
    onClose(listener) {
      closed = listener
      if (ended)
        tellEnd()
    },
  }
}
