import { nearestName } from '../thing-model/nearest-name.ts'

export type Comparison = '>' | '>='

/** How one key of a filter is written and what it takes. */
export interface FilterRule {
  /** What is typed before the colon; the same in every language. */
  key: string
  /** Other words for the key. */
  aliases?: readonly string[]
  /** The only values it takes; none when it takes any text. */
  options?: readonly { value: string }[]
  /** Several values with commas between them, any of which may match. */
  isList?: true
  /** Signs that stand in the place of the colon, such as `lag>500ms`; the value then begins with the sign. */
  comparisons?: readonly Comparison[]
  /** The colon is taken too, beside the signs. */
  takesColon?: true
  /** Whether a value can be kept out with `-key:value`; says what can be when this one cannot. */
  exclude?: (text: string) => string | null
  /** Says what is expected when a text is no good; null when it is fine. With a comparison the text begins with its sign. */
  check?: (text: string) => string | null
  /** The form in which a good value is kept, such as a whole date for a time of day. */
  canonical?: (text: string) => string
}

/** What is filtered by: the value by its key, and what is kept out by its key with a dash in front. A comparison begins its value. */
export type FilterValues = Record<string, string>

/** `exclude`: the value cannot be kept out; `expected` says what can, and is empty when nothing of the key can. */
export type FilterProblem
  = | { kind: 'key', key: string }
    | { kind: 'value' | 'exclude', key: string, expected: string, got: string }
    | { kind: 'twice', key: string }
    | { kind: 'quote', got: string }

const comparison = /^[<>]=?/

/** One word of what was typed: with its key and sign where it has some. */
interface Word {
  whole: string
  isExcluded: boolean
  name: string | undefined
  sign: string
  value: string
  isQuoted: boolean
  isClosed: boolean
}

function* wordsOf(input: string): Generator<Word> {
  const head = /(-?)([a-z]+)(:|[<>]=?|=)/iy
  const quoted = /"((?:[^"\\]|\\.)*)("?)/y
  const bare = /\S*/y
  const gap = /\s*/y
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(input)
    at += match?.[0].length ?? 0
    return match
  }
  for (take(gap); at < input.length; take(gap)) {
    const start = at
    const [, minus = '', name, sign = ':'] = take(head) ?? []
    const text = take(quoted)
    const value = text === null ? take(bare)![0] : text[1]!.replace(/\\(["\\])/g, '$1')
    yield { whole: input.slice(start, at), isExcluded: minus === '-', name, sign, value, isQuoted: text !== null, isClosed: text?.[2] !== '' }
  }
}

/**
 * Reads what was typed into a filter: `device:dev-0001 -code:200 lag>500ms "some text"`. Words without a key belong to the key
 * `text` and stay together in the order they came.
 */
export function parseFilter(input: string, rules: readonly FilterRule[], textKey = 'text'): { values: FilterValues, problems: FilterProblem[] } {
  const values: FilterValues = {}
  const problems: FilterProblem[] = []
  const free: string[] = []
  const put = (key: string, value: string): void => {
    if (key in values)
      problems.push({ kind: 'twice', key })
    else
      values[key] = value
  }
  for (const { whole, isExcluded, name, sign, value, isQuoted, isClosed } of wordsOf(input)) {
    const rule = ruleOf(name, rules)
    if (isQuoted && !isClosed) {
      problems.push({ kind: 'quote', got: whole })
    }
    else if (rule) {
      const read = readValue(rule, isExcluded, sign, value)
      if ('value' in read)
        put(read.key, read.value)
      else
        problems.push(read)
    }
    // A colon inside a word (a time, a device name, a URL) is no key unless it looks like one of ours misspelled.
    else if (name !== undefined && nearestName(name.toLowerCase(), rules.map(({ key }) => key)) !== undefined) {
      problems.push({ kind: 'key', key: name })
    }
    else {
      free.push(isQuoted && name === undefined ? value : whole)
    }
  }
  if (free.length > 0 && rules.some(({ key }) => key === textKey))
    put(textKey, free.join(' '))
  return { values, problems }
}

interface KeptPart { key: string, value: string }

function ruleOf(name: string | undefined, rules: readonly FilterRule[]): FilterRule | undefined {
  const key = name?.toLowerCase()
  return key === undefined ? undefined : rules.find(rule => rule.key === key || rule.aliases?.includes(key))
}

function readValue(rule: FilterRule, isExcluded: boolean, sign: string, text: string): FilterProblem | KeptPart {
  const { key, comparisons = [] } = rule
  // `lag:>500ms` is what some people write for `lag>500ms`; in a key that compares nothing, a sign is a part of the text.
  const isColon = sign === ':' || sign === '='
  const written = isColon ? text : `${sign}${text}`
  const isCompared = comparison.test(written) && (comparisons.length > 0 || !isColon)
  if (isExcluded && (rule.exclude === undefined || isCompared))
    return { kind: 'exclude', key, expected: '', got: text }
  const expected = checkValue(rule, written, isCompared ? comparison.exec(written)![0] : null)
  if (expected !== null)
    return { kind: 'value', key, expected, got: written }
  const value = canonicalOf(rule, written)
  const allowed = isExcluded ? rule.exclude!(value) : null
  return allowed === null ? { key: isExcluded ? `-${key}` : key, value } : { kind: 'exclude', key, expected: allowed, got: value }
}

const optionsOf = (rule: FilterRule, sign: string): string => (rule.options ?? []).map(({ value }) => `${sign}${value}`).join(', ')
const has = (rule: FilterRule, text: string): boolean => rule.options!.some(({ value }) => value.toLowerCase() === text.toLowerCase())

/** What a value should have been; null when it is good. */
function checkValue(rule: FilterRule, written: string, sign: string | null): string | null {
  const { key, options, takesColon } = rule
  const comparisons: readonly string[] = rule.comparisons ?? []
  const text = sign === null ? written : written.slice(sign.length)
  const isSignGood = sign === null ? comparisons.length === 0 || takesColon === true : comparisons.includes(sign)
  const forms = [...comparisons.length === 0 || takesColon === true ? [':'] : [], ...comparisons].map(form => `${key}${form}…`).join(', ')
  if (written === '')
    return options ? optionsOf(rule, '') : rule.check?.('') ?? forms
  if (!isSignGood)
    return options ? forms : rule.check?.('') ?? forms
  if (options) {
    const parts = rule.isList === true ? text.split(',') : [text]
    return parts.every(part => has(rule, part)) ? rule.check?.(written) ?? null : optionsOf(rule, sign ?? '')
  }
  return rule.check?.(written) ?? null
}

function canonicalOf(rule: FilterRule, written: string): string {
  const { options, isList, canonical } = rule
  if (!options)
    return canonical?.(written) ?? written
  const sign = comparison.exec(written)?.[0] ?? ''
  const text = written.slice(sign.length)
  const named = (part: string): string => options.find(({ value }) => value.toLowerCase() === part.toLowerCase())?.value ?? part
  return sign + (isList === true ? [...new Set(text.split(',').map(named))].join(',') : named(text))
}

/** Whether a key and value, as an address or a saved view holds them, follow their rule; gives the value in its kept form, or null. */
export function keptValue(key: string, value: string, rules: readonly FilterRule[]): string | null {
  const rule = rules.find(one => one.key === key.replace(/^-/, ''))
  if (!rule || value === '')
    return null
  const read = readValue(rule, key.startsWith('-'), ':', value)
  return 'value' in read ? read.value : null
}

/** One value of a rule as it is typed, kept out with `isExcluded`; {@link parseFilter} reads it back. */
export function formatPart({ key, comparisons = [] }: FilterRule, value: string, isExcluded = false): string {
  const isCompared = comparisons.length > 0 && comparison.test(value)
  return `${isExcluded ? '-' : ''}${key}${isCompared ? value : `:${quoteValue(value)}`}`
}

function quoteValue(value: string): string {
  return value === '' || /[\s"]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value
}

/** A filter as a line that {@link parseFilter} reads back to the same values, in the order of the rules. */
export function formatFilter(values: FilterValues, rules: readonly FilterRule[]): string {
  return rules.flatMap((rule) => {
    const { [rule.key]: value, [`-${rule.key}`]: excluded } = values
    return [...value === undefined ? [] : [formatPart(rule, value)], ...excluded === undefined ? [] : [formatPart(rule, excluded, true)]]
  }).join(' ')
}
