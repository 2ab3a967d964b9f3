/** Where a text stops being JSON, for a person who looks at it in an editor: both counts start at 1. */
export interface JsonError {
  line: number
  column: number
  expected: string
  got: string
}

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma in list' | 'comma in object' | 'end'

const wantedWords: Record<Wanted, string> = {
  'value': 'a value',
  'value or ]': 'a value or "]"',
  'key': 'a key in double quotes (no comma after the last member)',
  'key or }': 'a key in double quotes or "}"',
  'colon': '":" after the key',
  'comma in list': '"," or "]"',
  'comma in object': '"," or "}"',
  'end': 'nothing more after the end of the document',
}

const blank = /[ \t\r\n]*/y
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?/iy
const wordToken = /true|false|null/y
// eslint-disable-next-line no-control-regex -- JSON forbids bare control characters inside a text
const stringBody = /(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*/iy

/**
 * Finds the first place where a text breaks the JSON grammar (RFC 8259); null when it does not. The messages of
 * `JSON.parse` differ between engines and often have no position, which is what a person needs most.
 */
export function locateJsonError(text: string): JsonError | null {
  const open: ('[' | '{')[] = []
  let wanted: Wanted = 'value'
  let at = 0
  const fail = (offset: number, expected: string): JsonError => ({
    ...lineAndColumn(text, offset),
    expected,
    got: describeCharacter(text, offset),
  })
  const afterValue = (): Wanted => open.length === 0 ? 'end' : open.at(-1) === '[' ? 'comma in list' : 'comma in object'

  for (;;) {
    at = skip(blank, text, at)
    const char = text[at]
    if (wanted === 'end') {
      return char === undefined ? null : fail(at, wantedWords.end)
    }
    if (wanted === 'colon') {
      if (char !== ':')
        return fail(at, wantedWords.colon)
      at++
      wanted = 'value'
    }
    else if (wanted === 'comma in list' || wanted === 'comma in object') {
      const inList: boolean = wanted === 'comma in list'
      if (char === (inList ? ']' : '}')) {
        open.pop()
        wanted = afterValue()
      }
      else if (char === ',') {
        wanted = inList ? 'value' : 'key'
      }
      else {
        return fail(at, wantedWords[wanted])
      }
      at++
    }
    else if ((wanted === 'key or }' && char === '}') || (wanted === 'value or ]' && char === ']')) {
      open.pop()
      wanted = afterValue()
      at++
    }
    else if (char === '"') {
      const isKey: boolean = wanted === 'key' || wanted === 'key or }'
      const end = skip(stringBody, text, at + 1)
      if (text[end] !== '"') {
        return fail(end, text[end] === '\\'
          ? 'a valid escape such as \\n, \\" or \\u00e9'
          : 'the closing double quote of a text that began before')
      }
      wanted = isKey ? 'colon' : afterValue()
      at = end + 1
    }
    else if (wanted === 'key' || wanted === 'key or }') {
      return fail(at, wantedWords[wanted])
    }
    else if (char === '[' || char === '{') {
      open.push(char)
      wanted = char === '[' ? 'value or ]' : 'key or }'
      at++
    }
    else {
      const end = Math.max(skip(numberToken, text, at), skip(wordToken, text, at))
      if (end === at)
        return fail(at, wantedWords[wanted])
      at = end
      wanted = afterValue()
    }
  }
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

function lineAndColumn(text: string, offset: number): { line: number, column: number } {
  let line = 1
  let lineStart = 0
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line++
    lineStart = next + 1
  }
  return { line, column: offset - lineStart + 1 }
}

function describeCharacter(text: string, offset: number): string {
  const codePoint = text.codePointAt(offset)
  if (codePoint === undefined)
    return 'the end of the file'
  if (text.startsWith('//', offset) || text.startsWith('/*', offset))
    return 'a comment, which JSON does not have'
  if (codePoint === 0x0A || codePoint === 0x0D)
    return 'the end of the line'
  if (codePoint < 0x20 || codePoint === 0x7F)
    return `the control character U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  const word = /^\w+/.exec(text.slice(offset, offset + 20))?.[0]
  return JSON.stringify(word ?? String.fromCodePoint(codePoint))
}
