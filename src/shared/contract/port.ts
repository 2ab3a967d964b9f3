/**
 * A two-way channel of structured messages: the same face for a browser MessagePort, Electron's ports, a worker's port, a
 * WebSocket and plain memory. Messages are JSON values and typed arrays only, so that every wire agrees.
 */
export interface Port {
  post: (message: unknown) => void
  /** Set once, before the first message can arrive. */
  onMessage: (receive: (message: unknown) => void) => void
  onClose: (closed: () => void) => void
  close: () => void
  /** Bytes handed over but not yet on their way, when the wire can tell. */
  bufferedBytes?: () => number
}
