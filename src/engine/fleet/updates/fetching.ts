import type { UpdateRecord } from './account.ts'
import type { Blocks } from './blocks.ts'
import type { DownloadOutcome, Downloads } from './downloads.ts'
import type { ToldFile } from './notice.ts'
import { createHash } from 'node:crypto'
import { percentOf } from './account.ts'
import { courses } from './course.ts'

/** What comes of fetching the files of an update. */
interface FetchingEvents {
  /** The turn of a file has come; it is fetched from this byte on. */
  onStart: (index: number, record: UpdateRecord, from: number) => void
  onBytes: (index: number, record: UpdateRecord, count: number) => void
  /** The ending of the update takes its turn. */
  onMidway: (index: number, record: UpdateRecord) => void
  /** All files are there, and are what they were said to be. */
  onFetched: (index: number, record: UpdateRecord) => void
  /** -2: a file did not come; -3: it is not what it was said to be. */
  onTrouble: (index: number, record: UpdateRecord, step: -2 | -3, problem: string) => void
}

/** Fetches the files of an update one after the other, and goes on where it was when a connection breaks. */
export class Fetching {
  readonly #downloads: Downloads
  readonly #blocks: Blocks
  readonly #events: FetchingEvents

  constructor(downloads: Downloads, blocks: Blocks, events: FetchingEvents) {
    this.#downloads = downloads
    this.#blocks = blocks
    this.#events = events
  }

  /** Goes on with an update; `percent` is where its ending takes its turn, if it does so during the download. */
  start(index: number, record: UpdateRecord, percent: number): void {
    const { files, stream } = record.notice!
    const file = files[record.fileAt]!
    record.hash ??= createHash(file.algorithm)
    const stopAt = record.isPastMidway || courses[record.ending].midway === undefined ? Number.POSITIVE_INFINITY : midwayIn(record, percent)
    record.stopDownload = this.#downloads.start({
      url: file.url,
      from: record.fileBytes,
      until: stopAt <= file.size ? stopAt : null,
      size: file.size,
      ...(stream !== null && { carrier: wish => this.#blocks.begin(index, stream, wish) }),
      onStart: () => this.#events.onStart(index, record, record.fileBytes),
      onBytes: (bytes) => {
        record.hash!.update(bytes)
        record.fileBytes += bytes.length
        record.bytes += bytes.length
        this.#events.onBytes(index, record, bytes.length)
      },
      onEnd: outcome => this.#ended(index, record, file, outcome, percent),
    })
  }

  #ended(index: number, record: UpdateRecord, file: ToldFile, outcome: DownloadOutcome, percent: number): void {
    record.stopDownload = null
    if (outcome === 'reached')
      return this.#events.onMidway(index, record)
    if (outcome !== 'complete') {
      if (outcome.isBroken && record.fileBytes > 0 && record.resumesLeft-- > 0)
        return this.start(index, record, percent)
      return this.#events.onTrouble(index, record, -2, outcome.problem)
    }
    const digest = record.hash!.digest('hex')
    record.hash = null
    if (digest !== file.digest)
      return this.#events.onTrouble(index, record, -3, 'the digest of the file is not the one that was told')
    record.fileAt += 1
    record.fileBytes = 0
    if (record.fileAt < record.notice!.files.length)
      this.start(index, record, percent)
    else
      this.#events.onFetched(index, record)
  }
}

/** The byte of the file being fetched at which the ending takes its turn; beyond its end when that is in a later file. */
function midwayIn(record: UpdateRecord, percent: number): number {
  return Math.max(1, Math.floor(record.size * percent / 100)) - (record.bytes - record.fileBytes)
}

/** Percent of all files, at least one. */
export function progressOf(record: UpdateRecord): number {
  return Math.max(1, percentOf(record))
}
