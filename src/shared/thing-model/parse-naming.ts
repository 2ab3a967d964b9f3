import type { JsonObject } from '../json.ts'
import type { Findings } from './findings.ts'
import { describeGot, readText } from './findings.ts'
import { featureLimits } from './limits.ts'

/** Names the platform keeps for itself (Alink 0.3). */
const reservedIdentifiers: readonly string[] = ['set', 'get', 'post', 'property', 'event', 'time', 'value']
const identifierPattern = /^\w+$/

/** True for a name that no property, event or service may have. */
export function isReserved(identifier: string): boolean {
  return reservedIdentifiers.includes(identifier)
}

export interface Naming { identifier: string, name: string, desc?: string }

/**
 * Reads `identifier`, `name` and `desc`, which every part of a model has. The name may be missing, as in reduced
 * models: then the identifier stands in. `seen` holds the identifiers read so far in the same list with their paths.
 */
export function parseNaming(findings: Findings, path: string, object: JsonObject, seen: Map<string, string>): Naming | undefined {
  const name = readText(findings, `${path}.name`, object.name)
  const desc = readText(findings, `${path}.desc`, object.desc)
  const identifier = parseIdentifier(findings, `${path}.identifier`, object.identifier)
  if (identifier === undefined)
    return undefined
  const first = seen.get(identifier)
  if (first !== undefined) {
    findings.refuse(`${path}.identifier`, `an identifier that is used once (${first} has the same)`, describeGot(identifier), 6317)
    return undefined
  }
  seen.set(identifier, path)
  return { identifier, name: name ?? identifier, ...(desc !== undefined && { desc }) }
}

function parseIdentifier(findings: Findings, path: string, value: unknown): string | undefined {
  // `__proto__` would pass the platform's rule, but no JSON tool handles it well as a key; nobody means it.
  const isFit = typeof value === 'string' && identifierPattern.test(value) && value !== '__proto__'
  if (!isFit || value.length > featureLimits.identifierCharactersMax) {
    findings.refuse(path, `1 to ${featureLimits.identifierCharactersMax} letters, digits or underscores`, describeGot(value), 6317)
    return undefined
  }
  return value
}

/** Refuses a feature whose identifier the platform keeps for itself. */
export function refuseReserved(findings: Findings, path: string, identifier: string): void {
  if (isReserved(identifier))
    findings.refuse(`${path}.identifier`, `an identifier that is not one of the platform's own words (${reservedIdentifiers.join(', ')})`, describeGot(identifier), 6317)
}
