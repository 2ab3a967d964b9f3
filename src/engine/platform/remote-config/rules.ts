import type { ConfigVersion } from '../../../shared/contract/remote-config.ts'
import type { ConfigRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { locateJsonError } from '../../../shared/thing-model/json-error.ts'

/** Refuses a text that cannot be saved: AppError limit/reached (platform rule CFG-8) or remote-config/bad-json with line and column (CFG-7). */
export function refuseText(text: string, applyLimits: boolean): void {
  const bytes = Buffer.byteLength(text)
  if (applyLimits && bytes > limits.configBytesMax)
    throw new AppError('limit/reached', `A remote configuration has at most ${limits.configBytesMax} bytes with the cloud's limits; this one has ${bytes}.`, { limit: limits.configBytesMax, got: bytes })
  const error = locateJsonError(text)
  if (error !== null)
    throw new AppError('remote-config/bad-json', `The configuration is no JSON: line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}.`, { line: error.line, column: error.column })
}

/** Until when the cloud's limits allow no other push to all devices (platform rules CFG-12, A-23); null when one is allowed. */
export function nextPushAt({ pushedAt }: ConfigRow, now: number, applyLimits: boolean): number | null {
  const at = pushedAt === null ? 0 : pushedAt + limits.configPushIntervalMs
  return applyLimits && at > now ? at : null
}

/** Refuses a push to all devices: AppError remote-config/pushed-already (platform rule CFG-13) or remote-config/too-soon (CFG-12). */
export function refusePush(row: ConfigRow, { version, sign }: ConfigVersion, wish: { again: boolean, now: number, applyLimits: boolean }): void {
  const { productKey } = row
  if (row.pushedSign === sign && (wish.applyLimits || !wish.again)) {
    const hint = wish.applyLimits ? 'the cloud pushes nothing twice' : 'say that it is to be pushed again if that is what you want'
    throw new AppError('remote-config/pushed-already', `Version ${version} of the remote configuration of product ${productKey} is what was pushed last; ${hint}.`, { productKey, version })
  }
  const next = nextPushAt(row, wish.now, wish.applyLimits)
  if (next !== null)
    throw new AppError('remote-config/too-soon', `The remote configuration of product ${productKey} was pushed less than an hour ago; the next push is possible in ${Math.ceil((next - wish.now) / 60_000)} minutes.`, { productKey, nextPushAt: next })
}
