import { nearestName } from '../../../shared/thing-model/nearest-name.ts'

/** One thing a list can be filtered by. Values are texts here; whoever owns the list turns them into its query. */
export interface FilterField {
  /** What is typed before the colon; the same in every language. */
  key: string
  label: string
  /** The only values it takes, with their names; none when it takes any text. */
  options?: { value: string, label: string }[]
  /** Says what is expected when a text is no good; null when it is fine. */
  check?: (text: string) => string | null
}

export type FilterValues = Record<string, string>
export type FilterProblem = { kind: 'key', key: string } | { kind: 'value', key: string, expected: string, got: string }

const token = /(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/gi

/**
 * Reads what was typed into a filter: `device:dev-0001 code:failed "some text"`. Words without a key belong to the field
 * `text` and stay together in the order they came.
 */
export function parseFilter(input: string, fields: readonly FilterField[], textKey = 'text'): { values: FilterValues, problems: FilterProblem[] } {
  const values: FilterValues = {}
  const problems: FilterProblem[] = []
  const words: string[] = []
  for (const match of input.matchAll(token)) {
    const [whole, key, quoted, bare] = match
    const value = quoted ?? bare ?? ''
    const field = key === undefined ? undefined : fields.find(one => one.key === key.toLowerCase())
    if (field) {
      const expected = checkValue(field, value)
      if (expected === null)
        values[field.key] = canonical(field, value)
      else
        problems.push({ kind: 'value', key: field.key, expected, got: value })
    }
    // A colon inside a word (a time, a device name, a URL) is no key unless it looks like one of ours misspelled.
    else if (key !== undefined && nearestName(key.toLowerCase(), fields.map(one => one.key)) !== undefined) {
      problems.push({ kind: 'key', key })
    }
    else {
      words.push(quoted ?? whole)
    }
  }
  if (words.length > 0 && fields.some(field => field.key === textKey))
    values[textKey] = words.join(' ')
  return { values, problems }
}

function checkValue(field: FilterField, value: string): string | null {
  if (field.options && !field.options.some(option => option.value.toLowerCase() === value.toLowerCase()))
    return field.options.map(option => option.value).join(', ')
  return field.check?.(value) ?? null
}

function canonical(field: FilterField, value: string): string {
  return field.options?.find(option => option.value.toLowerCase() === value.toLowerCase())?.value ?? value
}
