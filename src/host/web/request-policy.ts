/**
 * Who may talk to the console's listener. Every page the user visits can reach 127.0.0.1, so an exact Host keeps out
 * pages whose own name was pointed there (DNS rebinding), and an exact Origin keeps out all the others.
 */

const ownNames = ['127.0.0.1', 'localhost']

/** True when the request was meant for this listener by name and port. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return ownNames.some(name => host === `${name}:${port}`)
}

/** True when the request comes from a page that this listener served. */
export function isOwnOrigin(origin: string | undefined, port: number): boolean {
  return ownNames.some(name => origin === `http://${name}:${port}`)
}

/** The addresses that the page's policy must allow for its WebSocket. */
export function socketOrigins(port: number): string[] {
  return ownNames.map(name => `ws://${name}:${port}`)
}

/** What an upgrade request is answered with when it is not let through to the sign-in. */
export function refuseUpgrade(request: { host: string | undefined, origin: string | undefined, pathname: string, rpcPath: string }, port: number): { status: number, reason: string } | undefined {
  if (!isOwnHost(request.host, port))
    return { status: 421, reason: 'Misdirected Request' }
  // Programs send no Origin; they are let in only with the secret of the lock file.
  if (request.origin !== undefined && !isOwnOrigin(request.origin, port))
    return { status: 403, reason: 'Forbidden' }
  if (request.pathname !== request.rpcPath)
    return { status: 404, reason: 'Not Found' }
  return undefined
}
