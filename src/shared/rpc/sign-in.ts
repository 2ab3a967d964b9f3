import { isJsonObject } from '../json.ts'

/**
 * How a WebSocket says who it is, before the RPC protocol begins. The first frame is text: `{"token"}` from a page opened
 * by its one-time address, `{"session"}` from a page that is loaded again or reconnects, `{"secret"}` from a command line
 * that read the workspace's lock file. The engine answers with one text frame `{"session"}` (null for a command line) or
 * closes with one of the codes below; everything after that is binary.
 */
export type SignIn = { token: string } | { session: string } | { secret: string }
export interface SignedIn { session: string | null }

/** Why the engine closed a console connection, as WebSocket close codes. */
export const signInCloseCodes = {
  refused: 4401,
  tooLate: 4408,
  tooMany: 4429,
} as const

/** Path of the WebSocket on the console's address. */
export const rpcPath = '/rpc'

const secretCharsMax = 200

/** The first frame of a connection, or undefined when it is not a sign-in. */
export function parseSignIn(text: string): SignIn | undefined {
  const value = parseJson(text)
  if (!isJsonObject(value))
    return undefined
  for (const kind of ['token', 'session', 'secret'] as const) {
    const given = value[kind]
    if (typeof given === 'string' && given.length > 0 && given.length <= secretCharsMax)
      return { [kind]: given } as unknown as SignIn
  }
  return undefined
}

/** The engine's answer to a sign-in, or undefined when it is not one. */
export function parseSignedIn(text: string): SignedIn | undefined {
  const value = parseJson(text)
  return isJsonObject(value) && (value.session === null || typeof value.session === 'string')
    ? { session: value.session }
    : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  }
  catch {
    return undefined
  }
}
