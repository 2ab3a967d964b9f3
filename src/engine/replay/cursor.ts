import type { Mark } from './outline.ts'
import type { Playable } from './playable.ts'
import type { ReplayRow, RowSource } from './types.ts'
import { offsetAfter } from './outline.ts'

/** Something that a device does at a moment of the timeline. */
export interface Cue { offsetMs: number, row: ReplayRow, played: Exclude<Playable, { kind: 'left-out' }> }

/** Reads a recording from a mark on; holds one page. */
export class Cursor {
  readonly #source: RowSource
  readonly #judge: (row: ReplayRow) => Playable
  readonly #gapMsMax: number | null
  readonly #fromMs: number
  #cues: Cue[] = []
  #head = 0
  #next: number | null
  #now: Pick<Mark, 'at' | 'offsetMs'>

  /** Cues before `fromMs` are passed over. */
  constructor(source: RowSource, judge: (row: ReplayRow) => Playable, gapMsMax: number | null, mark: Mark, fromMs: number) {
    this.#source = source
    this.#judge = judge
    this.#gapMsMax = gapMsMax
    this.#fromMs = fromMs
    this.#next = mark.place
    this.#now = mark
  }

  /** The next cue; undefined while it has not been read, or there is none. */
  get next(): Cue | undefined {
    return this.#cues[this.#head]
  }

  /** Nothing comes after what has been read. */
  get isOver(): boolean {
    return this.#next === null && this.#head === this.#cues.length
  }

  shift(): void {
    this.#head++
  }

  /** Reads on, once everything that was read has been taken. */
  async load(signal: AbortSignal): Promise<void> {
    if (this.#next === null || this.#head < this.#cues.length)
      return
    const page = await this.#source.read(this.#next, signal)
    this.#next = page.next
    this.#head = 0
    this.#cues = page.rows.flatMap((row): Cue[] => {
      const played = this.#judge(row)
      if (played.kind === 'left-out')
        return []
      this.#now = offsetAfter(this.#now, row.at, this.#gapMsMax)
      return this.#now.offsetMs < this.#fromMs ? [] : [{ offsetMs: this.#now.offsetMs, row, played }]
    })
  }
}
