import type { JsonValue } from '../json.ts'

/**
 * Which rule a message breaks; it picks the sentence that explains the issue. The last group breaks no rule of the
 * platform, it only tells the sender something.
 */
export type IssueRule
  = | 'not-json' | 'not-object' | 'no-id' | 'no-params' | 'too-many-properties'
    | 'unknown-property' | 'unknown-module' | 'unknown-event' | 'unknown-service' | 'unknown-parameter' | 'unknown-member' | 'model-damaged'
    | 'missing-parameter' | 'missing-member' | 'read-only'
    | 'no-output' | 'bad-form' | 'no-time' | 'too-many-names' | 'too-many-events' | 'too-many-sub-devices' | 'data-not-empty' | 'not-a-sub-device'
    | 'file-upload' | 'no-task' | 'config-off' | 'config-empty' | 'unknown-topic'
    | 'type' | 'minimum' | 'maximum' | 'choice' | 'length' | 'size'
    | 'time-ignored' | 'cloud-limit' | 'cloud-rule' | 'log-off' | 'block-stored' | 'not-utf8' | 'mended' | 'unchecked'

/** One thing wrong with a value, as facts that need no language. */
export interface ValidationIssue {
  /** The platform's code: 6306, 6320 … */
  code: number
  /** `Temperature`, `pump:Flow`, `Position.latitude`, `Samples[3].x`; empty for the message as a whole. */
  path: string
  rule: IssueRule
  /** What the rule allows: a type name, a bound with its unit, the choices, a length; for an unknown name the one that was probably meant. Empty where the rule says it all. */
  expected: string
  /** What came, as JSON, cut to a readable length. */
  got: string
}

/** Issues kept of one message; what lies beyond is counted. */
export const issuesMax = 100

const nameCharactersMax = 100
const textCharactersMax = 60
const membersShown = 4

/** A name that the sender made up, which can be as long as the message. */
export function shortenName(name: string): string {
  return name.length > nameCharactersMax ? `${name.slice(0, nameCharactersMax)}…` : name
}

/** A value as JSON for a person, cut to a readable length and never more than two levels deep. */
export function toSnippet(value: JsonValue | undefined, depth = 0): string {
  if (value === undefined)
    return ''
  if (typeof value === 'string') {
    return JSON.stringify(value.length > textCharactersMax ? `${value.slice(0, textCharactersMax)}…` : value)
  }
  if (typeof value !== 'object' || value === null)
    return String(value)
  if (Array.isArray(value)) {
    if (depth === 2)
      return '[…]'
    const shown = value.slice(0, membersShown).map(item => toSnippet(item, depth + 1))
    return `[${shown.join(',')}${value.length > membersShown ? ',…' : ''}]`
  }
  if (depth === 2)
    return '{…}'
  const shown: string[] = []
  for (const key in value) {
    if (shown.length === membersShown) {
      shown.push('…')
      break
    }
    shown.push(`${toSnippet(key)}:${toSnippet(value[key], depth + 1)}`)
  }
  return `{${shown.join(',')}}`
}
