import type { FleetBroker } from './messages.ts'
import { lookup } from 'node:dns'
import { isIP } from 'node:net'

/** A name is looked up again when connecting fails and the last answer is older than this. */
const lookupAgainMs = 10_000
/** 127.0.0.2 to 127.0.0.9: on Linux and Windows all of 127/8 is there without being set up, on macOS it is not. */
export const sourceCount = 8

/** Where the broker is, looked up once for the whole fleet instead of once a device, and where to connect from. */
export class BrokerAddress {
  readonly #broker: FleetBroker
  readonly #onResolved: () => void
  readonly #onProblem: (cause: string) => void
  #address: string | undefined
  #askedAt = Number.NEGATIVE_INFINITY
  #closed = false
  /** Connect to a loopback broker from eight addresses instead of one. */
  spreadSources: boolean

  constructor(broker: FleetBroker, spreadSources: boolean, onResolved: () => void, onProblem: (cause: string) => void) {
    this.#broker = broker
    this.spreadSources = spreadSources
    this.#onResolved = onResolved
    this.#onProblem = onProblem
  }

  get isKnown(): boolean {
    return this.#address !== undefined
  }

  /** The address to connect to; undefined while it is being looked up, then `onResolved` is called. */
  get(now: number): string | undefined {
    if (this.#address === undefined && now - this.#askedAt >= lookupAgainMs)
      this.#resolve(now)
    return this.#address
  }

  /** The address did not answer: a name may mean another one by now. */
  failed(now: number): void {
    if (isIP(this.#broker.host) === 0 && now - this.#askedAt >= lookupAgainMs)
      this.#address = undefined
  }

  /** The local address a device connects from; undefined: whatever the system takes. */
  sourceOf(index: number): string | undefined {
    return this.spreadSources && this.#address?.startsWith('127.') === true
      ? `127.0.0.${2 + index % sourceCount}`
      : undefined
  }

  close(): void {
    this.#closed = true
  }

  #resolve(now: number): void {
    const { host } = this.#broker
    this.#askedAt = now
    if (isIP(host) !== 0) {
      this.#address = host
      return
    }
    // A local broker often listens on IPv4 only, and `localhost` may name the IPv6 loopback first.
    lookup(host, { order: 'ipv4first' }, (error, address) => {
      if (this.#closed)
        return
      if (error) {
        this.#onProblem(`the name ${host} cannot be resolved (${error.code ?? error.message})`)
        return
      }
      this.#address = address
      this.#onResolved()
    })
  }
}

/** Says in words why a connection failed or ended. */
export function describeSocketError(error: NodeJS.ErrnoException, broker: FleetBroker): string {
  const { code = error.message } = error
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${broker.host}:${broker.port}`
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was reset'
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${broker.host}:${broker.port} cannot be reached (${code})`
    case 'EWEATHERBROKE':
      return 'the weather of the network broke the link'
    case 'EWEATHERAWAY':
      return 'the weather of the network left nothing to connect to'
    case 'EADDRNOTAVAIL':
    case 'EADDRINUSE':
      return `no free local port to connect from (${code})`
    case 'EMFILE':
    case 'ENFILE':
      return `too many open files (${code})`
    default:
      return broker.tls === null ? `the connection failed (${code})` : `the TLS connection failed (${code})`
  }
}

const connackWords: Record<number, string> = {
  1: 'protocol version not supported',
  2: 'client id refused',
  3: 'server unavailable',
  4: 'wrong user name or password',
  5: 'not authorised',
}

/** Says in words what a CONNACK refuses (MQTT 3.1.1, 3.2.2.3). */
export function describeConnack(code: number): string {
  return `CONNECT refused by the broker: code ${code} (${connackWords[code] ?? 'unknown'})`
}

/** A listener bound to every address is reached over loopback by a fleet on the same machine. */
export function loopbackOf(host: string): string {
  return host === '0.0.0.0' || host === '::'
    ? '127.0.0.1'
    : host
}
