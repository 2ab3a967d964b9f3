import type { OnReadOpts, Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { FleetBroker } from './messages.ts'
import { connect as connectTcp, isIP } from 'node:net'
import * as tls from 'node:tls'

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
  return broker.tls === null ? connectTcp(target, onOpen) : tls.connect({ ...target, ...tlsOptionsOf(broker.host, broker.tls) }, onOpen)
}

type BrokerTls = NonNullable<FleetBroker['tls']>

const contexts = new WeakMap<BrokerTls, SecureContext>()

/** How a connection to a host is secured. Certificates and keys are read once for a whole fleet. Throws what OpenSSL has against them. */
export function tlsOptionsOf(host: string, brokerTls: BrokerTls): { rejectUnauthorized: boolean, servername?: string, secureContext: SecureContext } {
  const { caPem, client, verify } = brokerTls
  let secureContext = contexts.get(brokerTls)
  if (secureContext === undefined) {
    secureContext = tls.createSecureContext({
      ca: caPem ?? knownAuthorities(),
      ...(client !== undefined && { cert: client.certificatePem, key: client.keyPem }),
    })
    contexts.set(brokerTls, secureContext)
  }
  return { rejectUnauthorized: verify, secureContext, ...(isIP(host) === 0 && { servername: host }) }
}

/** Those that Node knows and those of the system, among which a company's own is. */
function knownAuthorities(): string[] {
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])]
}
