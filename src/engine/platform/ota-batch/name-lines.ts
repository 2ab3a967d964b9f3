/** A name in a list, and the line on which it stands; the first one is 1. */
export interface NamedLine {
  line: number
  name: string
  /** What the line says of the product, in a list that has a column for it. */
  productKey: string | null
}

/** Columns by the titles that templates give them, without blanks and in lower case. */
const nameTitles = ['devicename', '设备名称']
const productTitles = ['productkey', '产品productkey']
/** Characters of a line that are looked at; nothing that is a name needs more. */
const lineCharsMax = 4_096

/**
 * Reads a list of device names piece by piece: one name a line, or CSV whose first line may name its columns (`DeviceName`,
 * `ProductKey`). Without titles the first column holds the names. Empty lines, a byte-order mark and quotes are passed over.
 */
export class NameLines {
  #rest = ''
  #line = 0
  #isBegun = false
  #nameColumn = 0
  #productColumn = -1

  /** Takes the next piece and returns what its whole lines name. */
  push(text: string): NamedLine[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!.slice(0, lineCharsMax)
    return lines.flatMap(line => this.#read(line) ?? [])
  }

  /** There is no more: returns what a last line without an end names. */
  end(): NamedLine[] {
    return this.push('\n')
  }

  #read(raw: string): NamedLine | null {
    this.#line += 1
    const text = this.#line === 1 ? raw.replace(/^\uFEFF/, '') : raw
    const cells = text.slice(0, lineCharsMax).split(/[,;\t]/).map(cell => cell.trim().replace(/^"(.*)"$/, '$1').trim())
    if (cells.every(cell => cell === ''))
      return null
    if (!this.#isBegun) {
      this.#isBegun = true
      const titles = cells.map(cell => cell.replaceAll(' ', '').toLowerCase())
      const found = titles.findIndex(title => nameTitles.includes(title))
      if (found >= 0) {
        this.#nameColumn = found
        this.#productColumn = titles.findIndex(title => productTitles.includes(title))
        return null
      }
    }
    return { line: this.#line, name: cells[this.#nameColumn] ?? '', productKey: (this.#productColumn < 0 ? null : cells[this.#productColumn]) || null }
  }
}
