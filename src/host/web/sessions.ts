import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { limits } from '../../shared/limits.ts'

/** Who may use the console of this run: nothing here outlives the process. */
export interface Sessions {
  /** The long secret for the command line, which belongs in a file only the user can read. */
  readonly secret: string
  /** Makes a token that can be exchanged once; of those never used, the oldest stops working beyond `limits.consoleTokensMax`. */
  createToken: () => string
  /** A session's secret for a token; undefined when it is unknown or was used before. */
  exchange: (token: string) => string | undefined
  isSession: (secret: string) => boolean
  isSecret: (secret: string) => boolean
}

const secretBytes = 32

function makeSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** Only digests are kept and compared, so that how long a comparison takes says nothing about the secret. */
function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Makes the tokens, sessions and the command-line secret of one console, 256 bits each from the system's generator. */
export function createSessions(): Sessions {
  const secret = makeSecret()
  const secretDigest = digestOf(secret)
  const tokens = new Set<string>()
  const sessions = new Set<string>()
  const keepNewest = (set: Set<string>, max: number): void => {
    while (set.size > max)
      set.delete(set.values().next().value!)
  }
  const keyOf = (value: string): string => digestOf(value).toString('base64')

  return {
    secret,
    createToken() {
      const token = makeSecret()
      tokens.add(keyOf(token))
      keepNewest(tokens, limits.consoleTokensMax)
      return token
    },
    exchange(token) {
      if (!tokens.delete(keyOf(token)))
        return undefined
      const session = makeSecret()
      sessions.add(keyOf(session))
      keepNewest(sessions, limits.consoleSessionsMax)
      return session
    },
    isSession: value => sessions.has(keyOf(value)),
    isSecret: value => timingSafeEqual(digestOf(value), secretDigest),
  }
}
