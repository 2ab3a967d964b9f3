import type { OnReadOpts, Socket } from 'node:net'
import type { FleetBroker } from './messages.ts'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface DialOptions {
  broker: FleetBroker
  /** The broker's address, looked up before. */
  address: string
  /** Connect from this local address; undefined: whatever the system takes. */
  source: string | undefined
  onread: OnReadOpts
  /** The way to the broker is open, TLS included. */
  onOpen: () => void
}

/** Opens one TCP or TLS connection to the broker. */
export function dial({ broker, address, source, onread, onOpen }: DialOptions): Socket {
  const target = { host: address, port: broker.port, noDelay: true, onread, ...(source !== undefined && { localAddress: source }) }
  if (broker.tls === null)
    return connectTcp(target, onOpen)
  return connectTls({
    ...target,
    rejectUnauthorized: broker.tls.verify,
    ...(isIP(broker.host) === 0 && { servername: broker.host }),
    ...(broker.tls.caPem !== null && { ca: broker.tls.caPem }),
  }, onOpen)
}
