import type { JsonObject } from '../json.ts'
import type { FeatureKind } from './changes.ts'
import type { ModelIssue } from './findings.ts'
import type { ParseOptions } from './parse.ts'
import type { Property, ThingEvent, ThingService } from './types.ts'
import { parseThingModel } from './parse.ts'

export type Feature = Property | ThingEvent | ThingService

/** A property, event or service with what its author should know; or what is wrong with it, with paths inside it. */
export type ParsedFeature = { feature: Feature, notices: string[], issues?: undefined } | { issues: ModelIssue[], feature?: undefined, notices?: undefined }

const listOf = { property: 'properties', event: 'events', service: 'services' } as const

/** Reads one feature in the form of the cloud's export, by the same rules as a whole file. `taken` are the identifiers that its kind has already. */
export function parseFeature(kind: FeatureKind, source: JsonObject, taken: ReadonlySet<string>, options: ParseOptions = {}): ParsedFeature {
  const list = listOf[kind]
  const parsed = parseThingModel({ [list]: [source] }, options)
  const issues = (parsed.issues ?? []).map(issue => ({ ...issue, path: issue.path.replace(`${list}[0].`, '') }))
  if (typeof source.identifier === 'string' && taken.has(source.identifier))
    issues.push({ path: 'identifier', expected: 'an identifier that is used once', got: `text ${JSON.stringify(source.identifier)}`, code: 6317 })
  const feature = parsed.model?.[list][0]
  // The members that the cloud derives are left out of a model, so one that is named like them has no feature.
  if (feature === undefined && issues.length === 0)
    issues.push({ path: 'identifier', expected: 'an identifier that is not one of the platform\'s own words', got: `text ${JSON.stringify(source.identifier)}`, code: 6317 })
  if (feature === undefined || issues.length > 0)
    return { issues }
  return { feature, notices: parsed.notices!.map(notice => notice.replace(`${list}[0].`, '')) }
}
