import type { DownloadProblem } from '../shared/contract/download.ts'
import { isIP } from 'node:net'
import { boardAddress, isWildcard } from './network-address.ts'

/** How a device is connected. */
export interface DownloadClient { transport: string, localAddress: string, remoteAddress: string }

export interface PlaceWish {
  /** Undefined: for nobody in particular. */
  client: DownloadClient | undefined
  /** The address that the user has chosen; empty for none. */
  chosenHost: string
  listener: { host: string, port: number }
  /** Whether the listener can also be had at the port where a scheme is at home. */
  isAtHome: (scheme: 'http' | 'https') => boolean
  /** Devices that connect over TLS get plain HTTP too. */
  httpForTls: boolean
}

/** Where files are to be had, and whether that can be reached. */
export interface DownloadPlace {
  /** Without a slash at its end, and without a port where the scheme is at home. */
  url: string
  isUnreachable: boolean
}

/** True for addresses and the name by which a machine speaks to itself. */
export function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * The address at which a device finds the download server: the chosen one, else the one at which the device has connected, else
 * one of this machine's networks (platform rule OTA-148). HTTPS only for a device on TLS (OTA-149).
 */
export function choosePlace({ client, chosenHost, listener, isAtHome, httpForTls }: PlaceWish): DownloadPlace {
  const host = chosenHost || client?.localAddress || boardAddress(listener.host)
  const scheme = client?.transport === 'tls' && !httpForTls ? 'https' : 'http'
  const isForeign = client !== undefined && !isLoopback(client.remoteAddress)
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}${isAtHome(scheme) ? '' : `:${listener.port}`}`,
    isUnreachable: (isForeign && isLoopback(host)) || isShut(host, listener.host),
  }
}

/** What is wrong with an address for devices; `own` are those of this machine. */
export function problemOf(host: string, listenerHost: string, own: readonly string[]): DownloadProblem | null {
  if (isShut(host, listenerHost))
    return 'closed'
  if (isLoopback(host))
    return isLoopback(listenerHost) ? null : 'loopback'
  return isIP(host) !== 0 && !own.includes(host) ? 'absent' : null
}

/** Nobody can come in at an address on which the listener does not listen; what a name stands for is not known. */
function isShut(host: string, listenerHost: string): boolean {
  return !isWildcard(listenerHost) && isLoopback(listenerHost) && isIP(host) !== 0 && !isLoopback(host)
}
