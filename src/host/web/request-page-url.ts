import type { ConsoleAddress } from './connect-console.ts'
import { AppError } from '../../shared/errors.ts'

/** Path on the console where the secret of the lock file is exchanged for an address that opens the page. */
export const pageUrlPath = '/page-url'

const answerWithinMs = 5_000

/**
 * Asks a running engine for an address that opens its page, once: for a page that is to be opened on an engine somebody else started.
 * @throws AppError connection/refused when the secret is wrong, connection/lost when nobody answers.
 */
export async function requestPageUrl({ url, secret }: ConsoleAddress): Promise<string> {
  let response: Response
  try {
    response = await fetch(new URL(pageUrlPath, url), { method: 'POST', headers: { Authorization: `Bearer ${secret}` }, signal: AbortSignal.timeout(answerWithinMs) })
  }
  catch (error) {
    throw new AppError('connection/lost', `The engine at ${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}.`, { url })
  }
  if (!response.ok)
    throw new AppError('connection/refused', `The engine at ${url} did not accept the secret of the lock file (HTTP ${response.status}).`, { url, status: response.status })
  const answer = await response.json() as { url: string }
  return answer.url
}
