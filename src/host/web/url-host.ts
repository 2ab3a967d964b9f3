import { isIP } from 'node:net'

/** The host of a listener as it stands in an address that this machine can open: for one on every address, the loopback one. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::')
    return '127.0.0.1'
  return isIP(host) === 6 ? `[${host}]` : host
}
