import { networkInterfaces } from 'node:os'

/** True for the addresses that mean all addresses of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** The address by which a program on this machine reaches a listener. */
export function reachableHost(host: string): string {
  return isWildcard(host) ? '127.0.0.1' : host
}

/** The address a board is given to reach a listener: for one on every address, the first of this machine's networks. */
export function boardAddress(host: string): string {
  return isWildcard(host) ? networkAddresses()[0] ?? '127.0.0.1' : host
}

/** The IPv4 addresses of this machine that boards on its networks can be given. */
export function networkAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(addresses => (addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address))
}
