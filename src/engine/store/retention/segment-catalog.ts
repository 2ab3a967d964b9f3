import type { SegmentInfo, SegmentRange } from '../messages.ts'
import { msOfRowId } from '../row-id.ts'

/** What the engine's thread knows of the segments, from the writer's reports. */
export class SegmentCatalog {
  /** Oldest first. */
  #segments: SegmentInfo[]

  constructor(segments: SegmentInfo[]) {
    this.#segments = segments
  }

  get all(): readonly SegmentInfo[] { return this.#segments }
  get bytes(): number { return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0) }
  get oldestAt(): number | null {
    const oldest = this.#segments[0]
    return oldest ? msOfRowId(oldest.firstId) : null
  }

  /** Takes the newest state of a segment. */
  put(segment: SegmentInfo): void {
    const place = this.#segments.findIndex(({ file }) => file === segment.file)
    if (place === -1)
      this.#segments.push(segment)
    else
      this.#segments[place] = segment
  }

  remove(file: string): void {
    this.#segments = this.#segments.filter(segment => segment.file !== file)
  }

  /** What a read may look at; the newest segment has no end, because it may have grown since it was reported. */
  ranges(): SegmentRange[] {
    return this.#segments.map(({ file, firstId, lastId }, index) => ({
      file,
      firstId,
      lastId: index === this.#segments.length - 1 ? Number.MAX_SAFE_INTEGER : lastId,
    }))
  }
}
