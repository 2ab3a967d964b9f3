/** A number kept in the very digits it was written with, because a JavaScript number would change them. */
export class ExactNumber {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

/** Text comes before boolean: Vue takes an empty text for `true` where a property may be both and boolean is named first. */
export type ExactJson = null | string | boolean | number | ExactNumber | ExactJson[] | { [key: string]: ExactJson }

export type ParsedJson = { ok: true, value: ExactJson } | { ok: false, problem: string }

type SourceReviver = (key: string, value: unknown, context?: { source?: string }) => unknown

const keepDigits: SourceReviver = (_key, value, context) => {
  if (typeof value === 'number' && context?.source !== undefined && String(value) !== context.source)
    return new ExactNumber(context.source)
  return value
}

/** Reads JSON without losing a digit: 64-bit integers and numbers like `21.40` keep their text. */
export function parseExactJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]) as ExactJson }
  }
  catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) }
  }
}

/** The text of a payload, or null when the bytes are no UTF-8 text. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  }
  catch {
    return null
  }
}

/** A leaf as it is written in JSON. */
export function leafText(value: ExactJson): string {
  return value instanceof ExactNumber ? value.source : JSON.stringify(value)
}

function isBranch(value: ExactJson | undefined): value is ExactJson[] | { [key: string]: ExactJson } {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber)
}

/** The children of an object or array in order, with their keys; empty for a leaf. */
export function childrenOf(value: ExactJson): [string, ExactJson][] {
  return isBranch(value) ? Object.entries(value) : []
}

/** Leaves whose text differs from the same path in `before`: path (keys joined by `/`) to the text it had, null when it is new. */
export function changedLeaves(value: ExactJson, before: ExactJson, path = ''): Map<string, string | null> {
  const changed = new Map<string, string | null>()
  walk(value, before, path, changed)
  return changed
}

function walk(value: ExactJson, before: ExactJson | undefined, path: string, changed: Map<string, string | null>): void {
  if (isBranch(value)) {
    const previous = isBranch(before) && Array.isArray(before) === Array.isArray(value) ? before as Record<string, ExactJson> : {}
    for (const [key, child] of Object.entries(value))
      walk(child, Object.hasOwn(previous, key) ? previous[key] : undefined, `${path}/${key}`, changed)
    return
  }
  const text = leafText(value)
  const beforeText = before === undefined ? null : isBranch(before) ? JSON.stringify(before) : leafText(before)
  if (text !== beforeText)
    changed.set(path, beforeText)
}
