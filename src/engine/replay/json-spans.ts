/** A value in a JSON text and where it stands. */
export interface JsonSpan {
  from: number
  /** Behind its last character. */
  to: number
  kind: 'object' | 'array' | 'string' | 'number' | 'word'
  /** Of an object, in order, as often as they are written. */
  members: { key: string, value: JsonSpan }[]
  /** Of an array. */
  items: JsonSpan[]
}

const whiteSpace = /[ \t\n\r]/
const stringEnd = /(?:[^"\\]|\\.)*"/sy
const scalarEnd = /[^\s,\]}]*/y

/**
 * Reads where the values of a JSON text stand, so that some can be replaced while the others keep their very characters: a
 * number such as 1.0, or one with more digits than a double has, would not survive being read and written. Null for a text
 * that is not JSON, or one nested so deep that nobody means it.
 */
export function readJsonSpans(text: string): JsonSpan | null {
  try {
    JSON.parse(text)
    return readValue(text, skip(text, 0))
  }
  catch {
    return null
  }
}

/** The last member of that name, which is the one that counts. */
export function memberOf(object: JsonSpan, key: string): JsonSpan | undefined {
  return object.members.findLast(member => member.key === key)?.value
}

function skip(text: string, at: number): number {
  while (whiteSpace.test(text.charAt(at)))
    at++
  return at
}

function readValue(text: string, from: number): JsonSpan {
  const first = text[from]
  if (first === '{')
    return readObject(text, from)
  if (first === '[')
    return readArray(text, from)
  if (first === '"')
    return { from, to: endOfString(text, from), kind: 'string', members: [], items: [] }
  scalarEnd.lastIndex = from
  scalarEnd.test(text)
  return { from, to: scalarEnd.lastIndex, kind: /[-\d]/.test(first!) ? 'number' : 'word', members: [], items: [] }
}

function readObject(text: string, from: number): JsonSpan {
  const members: JsonSpan['members'] = []
  let at = skip(text, from + 1)
  while (text[at] !== '}') {
    const keyEnd = endOfString(text, at)
    const key = JSON.parse(text.slice(at, keyEnd)) as string
    const value = readValue(text, skip(text, skip(text, keyEnd) + 1))
    members.push({ key, value })
    at = afterComma(text, value.to)
  }
  return { from, to: at + 1, kind: 'object', members, items: [] }
}

function readArray(text: string, from: number): JsonSpan {
  const items: JsonSpan[] = []
  let at = skip(text, from + 1)
  while (text[at] !== ']') {
    const item = readValue(text, at)
    items.push(item)
    at = afterComma(text, item.to)
  }
  return { from, to: at + 1, kind: 'array', members: [], items }
}

function afterComma(text: string, at: number): number {
  const next = skip(text, at)
  return text[next] === ',' ? skip(text, next + 1) : next
}

function endOfString(text: string, from: number): number {
  stringEnd.lastIndex = from + 1
  stringEnd.test(text)
  return stringEnd.lastIndex
}
