import type { NetworkInterfaceInfo } from 'node:os'
import type { BoardAddress } from '../shared/contract/firmware-check.ts'
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

/** Names of interfaces that lead to containers, virtual machines and tunnels, on the usual systems. */
const virtualNames = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|tailscale|zt|wg|ham|cni|flannel|podman|lxc|bridge)/i
/** An address that a machine gives itself when nobody else does. */
const selfGiven = /^169\.254\./
const privateNetwork = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/

/**
 * The IPv4 addresses among the interfaces of a machine, those that a board on a network of its own reaches first: private
 * networks before public addresses, wires and radios before containers and tunnels, the loopback last.
 */
export function rankAddresses(interfaces: NodeJS.Dict<Pick<NetworkInterfaceInfo, 'family' | 'address' | 'internal'>[]>): BoardAddress[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses]) => (addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address, internal }): BoardAddress => ({ host: address, name, kind: internal ? 'loopback' : virtualNames.test(name) || selfGiven.test(address) ? 'virtual' : 'network' })))
  const rankOf = ({ kind, host }: BoardAddress): number => kind === 'loopback' ? 3 : kind === 'virtual' ? 2 : privateNetwork.test(host) ? 0 : 1
  return found.sort((a, b) => rankOf(a) - rankOf(b))
}

/** The addresses of this machine, see {@link rankAddresses}. */
export function machineAddresses(): BoardAddress[] {
  return rankAddresses(networkInterfaces())
}

/** Those of them that boards on its networks can be given. */
export function networkAddresses(): string[] {
  return machineAddresses().filter(({ kind }) => kind !== 'loopback').map(({ host }) => host)
}
