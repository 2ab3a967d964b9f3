import type { Document, LineCounter, Node, Pair } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'

export type Path = readonly PropertyKey[]

/** Where something stands in a file: lines and columns count from 1; the end is behind the last character. */
export interface Place { line: number, column: number, endLine: number, endColumn: number }

/** Finds the places of a YAML document by path. */
export class Places {
  readonly #document: Document
  readonly #lines: LineCounter
  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  /** The value at a path; where there is none, the key of the nearest thing around it, or that thing itself. */
  ofValue(path: Path): Place {
    const { value, key, isWhole } = this.#find(path)
    const range = isWhole ? value?.range ?? key?.range : key?.range ?? value?.range
    return this.between(range?.[0] ?? 0, range?.[1] ?? 0)
  }

  /** The key of a member; where there is none, as {@link ofValue}. */
  ofKey(path: Path): Place {
    const { key, isWhole } = this.#find(path)
    return isWhole && key?.range ? this.between(key.range[0], key.range[1]) : this.ofValue(path)
  }

  /** A character within the text of the value at a path; its beginning where the text is not written as it is read. */
  within(path: Path, offset: number): Place {
    const { value } = this.#find(path)
    const start = value?.range?.[0]
    if (start === undefined || !isScalar(value) || (value.type !== 'PLAIN' && value.type !== 'QUOTE_SINGLE' && value.type !== 'QUOTE_DOUBLE'))
      return this.ofValue(path)
    const from = Math.min(start + offset + (value.type === 'PLAIN' ? 0 : 1), value.range![1])
    return this.between(from, value.range![1])
  }

  /** Between two characters of the file. */
  between(from: number, to: number): Place {
    const start = this.#lines.linePos(from)
    const end = this.#lines.linePos(Math.max(from, to))
    return { line: Math.max(1, start.line), column: Math.max(1, start.col), endLine: Math.max(1, end.line), endColumn: Math.max(1, end.col) }
  }

  #find(path: Path): { value: Node | null, key: Node | null, isWhole: boolean } {
    let value: Node | null = this.#document.contents as Node | null
    let key: Node | null = null
    for (const step of path) {
      const inside: Node | null | undefined = isAlias(value) ? value.resolve(this.#document) : value
      const pair: Pair | undefined = isMap(inside) ? inside.items.find(item => (isScalar(item.key) ? String(item.key.value) : String(item.key)) === String(step)) : undefined
      const item: unknown = isSeq(inside) ? inside.items[Number(step)] : pair?.value
      if (pair === undefined && !isNode(item))
        return { value, key, isWhole: false }
      key = isNode(pair?.key) ? pair.key : null
      if (!isNode(item))
        return { value: null, key, isWhole: key !== null }
      value = item
    }
    return { value, key, isWhole: true }
  }
}
