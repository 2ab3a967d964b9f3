import type { DialOptions } from './dial.ts'

/** What a link needs of the way to the broker: of Node's sockets, and of what stands in for one inside a process. */
export interface LinkSocket {
  /** Bytes handed over that have not left yet. */
  readonly writableLength: number
  write: (bytes: Uint8Array) => unknown
  /** Sends what is queued and these last bytes, then closes. */
  end: (bytes: Uint8Array) => unknown
  destroy: () => unknown
  /** Reads on after a reader that took no more; what stands in for a socket never stops. */
  resume?: () => unknown
  on: ((event: 'error', listener: (error: NodeJS.ErrnoException) => void) => unknown) & ((event: 'close', listener: () => void) => unknown)
  once: (event: 'close', listener: () => void) => unknown
}

/** Opens a way to the broker. */
export type Dial = (options: DialOptions) => LinkSocket
