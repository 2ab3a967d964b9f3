import type { CodeHelp, CodeSuggestion } from '../../kit/code/code-help.ts'

/** The part of JSON schema that the published schema of scenarios is made of. */
export interface Schema {
  description?: string
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
}

/** Around what a place is (`[]` is an item of a list), and which keys stand beside it. */
interface Place { path: string[], siblings: string[] }

const keyForm = /^( *)((?:- +)*)"?([\w-]+)"? *:(?:\s|$)/

/**
 * What the schema knows of a text in YAML: keys and values that may be written, and what they mean. The text is read by its
 * indents and the braces of a line, because a text that is being written is seldom whole.
 */
export function schemaHelp(schema: Schema): CodeHelp {
  return {
    suggest(lines, line, column) {
      const before = (lines[line] ?? '').slice(0, column)
      if (/(?:^|\s)#/.test(before))
        return null
      const place = placeAt(lines, line, before)
      const value = /(?:^|[\s{,[])"?([\w-]+)"?: +([\w.-]*)$/.exec(before)
      if (value !== null) {
        const [, key = '', written = ''] = value
        return { from: column - written.length, words: valuesOf(lines, schemasAt(schema, [...place.path, key], place.siblings), key) }
      }
      const key = /(?:^ *(?:- +)*|[{,] *)([\w-]*)$/.exec(before)
      return key === null ? null : { from: column - key[1]!.length, words: keysOf(schemasAt(schema, place.path, place.siblings), place.siblings) }
    },
    explain(lines, line, column) {
      const text = lines[line] ?? ''
      for (const { 0: key, index: from } of text.matchAll(/[\w-]+(?="?\s*:(?:\s|$))/g)) {
        const to = from + key.length
        if (column < from || column > to)
          continue
        const { path, siblings } = placeAt(lines, line, text.slice(0, from))
        const found = schemasAt(schema, [...path, key], siblings).map(({ description }) => description).find(Boolean)
        return found === undefined ? null : { from, to, text: found }
      }
      return null
    },
  }
}

function placeAt(lines: readonly string[], line: number, before: string): Place {
  const braces = bracesOf(before)
  const [, indent = '', dash = ''] = /^( *)((?:- +)*)/.exec(before)!
  const path = parentsOf(lines, line, indent.length, dash !== '')
  let siblings = siblingsOf(lines, line, indent.length + dash.length)
  for (const { at, open, key } of braces) {
    if (key !== null)
      path.push(key)
    if (open === '[')
      path.push('[]')
    siblings = [...before.slice(at + 1).matchAll(/([\w-]+)"?:(?:\s|$)/g)].map(([, name]) => name!)
  }
  return { path, siblings }
}

/** The keys that a line hangs below, the outermost first. */
function parentsOf(lines: readonly string[], line: number, indent: number, isItem: boolean): string[] {
  const path = isItem ? ['[]'] : []
  // A list may stand at the indent of its key.
  let keyLimit = isItem ? indent + 1 : indent
  let dashLimit = indent
  for (let at = line - 1; at >= 0 && keyLimit > 0; at--) {
    const match = keyForm.exec(lines[at]!)
    if (match === null)
      continue
    const [, spaces = '', dash = '', key = ''] = match
    // The first key of an item stands behind its dash.
    if (spaces.length + dash.length < keyLimit) {
      path.unshift(key)
      keyLimit = dashLimit = spaces.length + dash.length
    }
    if (dash !== '' && spaces.length < dashLimit) {
      path.unshift('[]')
      keyLimit = spaces.length + 1
      dashLimit = spaces.length
    }
  }
  return path
}

/** The other keys of the same mapping, in the lines around. */
function siblingsOf(lines: readonly string[], line: number, column: number): string[] {
  const found: string[] = []
  // What stands above a dash belongs to another item.
  const above = /^ *-/.test(lines[line] ?? '') ? [] : lines.slice(0, line).toReversed()
  for (const text of above) {
    const own = keyOf(text)
    if (own === null || own.column > column)
      continue
    if (own.column < column)
      break
    found.push(own.key)
    if (own.isFirst)
      break
  }
  for (const text of lines.slice(line + 1)) {
    const own = keyOf(text)
    if (own === null || own.column > column)
      continue
    if (own.column < column || own.isFirst)
      break
    found.push(own.key)
  }
  return found
}

/** The key of a line, where it stands, and whether it is the first one of an item; null for lines that say nothing. */
function keyOf(text: string): { column: number, key: string, isFirst: boolean } | null {
  const match = keyForm.exec(text)
  if (match !== null)
    return { column: match[1]!.length + match[2]!.length, key: match[3]!, isFirst: match[2] !== '' }
  return /^ *(?:#|$)/.test(text) ? null : { column: /^ */.exec(text)![0].length, key: '', isFirst: /^ *-/.test(text) }
}

/** Braces of a line that are open at its end, with the keys they belong to. */
function bracesOf(before: string): { at: number, open: string, key: string | null }[] {
  const open: { at: number, open: string, key: string | null }[] = []
  let quote = ''
  for (let at = 0; at < before.length; at++) {
    const character = before[at]!
    if (quote !== '')
      quote = character === quote ? '' : quote
    else if (character === '"' || character === '\'')
      quote = character
    else if (character === '{' || character === '[')
      open.push({ at, open: character, key: /([\w-]+)"?: *$/.exec(before.slice(0, at))?.[1] ?? null })
    else if (character === '}' || character === ']')
      open.pop()
  }
  return open
}

/** The schemas of which one describes what stands at a path. */
function schemasAt(root: Schema, path: readonly string[], siblings: readonly string[]): Schema[] {
  let schemas = alternativesOf(root)
  path.forEach((step, index) => {
    const around = index === path.length - 1 ? meant(schemas, siblings) : schemas
    schemas = around.flatMap(({ properties, additionalProperties, items }) => {
      const child = step === '[]' ? items : properties?.[step] ?? additionalProperties
      return typeof child === 'object' ? alternativesOf(child) : []
    })
  })
  return schemas
}

/** Of several forms of a mapping, those that have all the keys that are there. */
function meant(schemas: readonly Schema[], siblings: readonly string[]): readonly Schema[] {
  const fitting = schemas.filter(({ properties }) => properties !== undefined && siblings.every(key => Object.hasOwn(properties, key)))
  return fitting.length > 0 ? fitting : schemas
}

function alternativesOf(schema: Schema): Schema[] {
  const inner = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (inner === undefined)
    return [schema]
  const { description } = schema
  return inner.flatMap(alternativesOf).map(one => one.description === undefined && description !== undefined ? { ...one, description } : one)
}

function keysOf(schemas: readonly Schema[], taken: readonly string[]): CodeSuggestion[] {
  const words = new Map<string, CodeSuggestion>()
  for (const { properties = {} } of meant(schemas, taken)) {
    for (const [key, { description }] of Object.entries(properties)) {
      if (!taken.includes(key) && !words.has(key))
        words.set(key, { label: key, insert: `${key}: `, about: description })
    }
  }
  return [...words.values()]
}

/** Words whose value is the name of a group. */
const groupWords = ['start', 'stop', 'fail', 'weather', 'misbehave', 'set', 'setProperties', 'invoke', 'update', 'group', 'of']

function valuesOf(lines: readonly string[], schemas: readonly Schema[], key: string): CodeSuggestion[] {
  const values = schemas.flatMap(one => one.enum ?? (one.const === undefined ? [] : [one.const]))
  const names = key === 'product' || key === 'pushConfig' ? namesUnder(lines, 'products') : groupWords.includes(key) ? namesUnder(lines, 'groups') : []
  const about = schemas.map(({ description }) => description).find(Boolean)
  return [...new Set([...values.map(String), ...names])].map(label => ({ label, about }))
}

/** The keys right below one of the first level. */
function namesUnder(lines: readonly string[], section: string): string[] {
  const first = lines.findIndex(text => text.startsWith(`${section}:`))
  if (first < 0)
    return []
  const flow = /^\w+: *\{ *([\w-]+)/.exec(lines[first]!)
  if (flow !== null)
    return [flow[1]!]
  const below = lines.slice(first + 1)
  const end = below.findIndex(text => /^[^\s#]/.test(text))
  const found = (end < 0 ? below : below.slice(0, end)).flatMap((text) => {
    const match = /^( +)"?([\w-]+)"?:/.exec(text)
    return match === null ? [] : [{ depth: match[1]!.length, name: match[2]! }]
  })
  return found.filter(({ depth }) => depth === found[0]!.depth).map(({ name }) => name)
}
