import { setImmediate as turn } from 'node:timers/promises'

/** How many turns of the event loop in a row have to pass with nothing to do: a promise of one may begin the next thing. */
const quietTurns = 3

/** Resolves when nothing is under way in the engine, as its parts say: no packet between simulated devices and the platform, no write, no read, no script, no download. */
export async function comeToRest(parts: readonly (() => boolean)[]): Promise<void> {
  for (let quiet = 0; quiet < quietTurns; quiet++) {
    await turn()
    if (!parts.every(isAtRest => isAtRest()))
      quiet = -1
  }
}
