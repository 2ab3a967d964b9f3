/**
 * A two-way channel of structured messages: the same face for a browser MessagePort, Electron's ports, a worker's port, a
 * WebSocket and plain memory. Messages are JSON values and typed arrays only, so that every wire agrees.
 */
export interface Port {
  /**
   * Sends a message, in order; silently nothing once the port is closed.
   * @throws AppError limit/reached when the message is larger than one frame may be, or the wire's own error when it
   * holds something that cannot cross (a function, a promise).
   */
  post: (message: unknown) => void
  /** Set once; messages that came before it wait. A frame that cannot be read arrives as `undefined`. */
  onMessage: (receive: (message: unknown) => void) => void
  /** Called once, whoever closed the port and however it broke; also when it was closed already. Never within `close`. */
  onClose: (closed: () => void) => void
  close: () => void
  /** Bytes handed over but not yet on their way, when the wire can tell. */
  bufferedBytes?: () => number
  /** Set once; called each time `bufferedBytes` has fallen back below `limits.rpcQueueBytesMax`. */
  onDrain?: (drained: () => void) => void
}
