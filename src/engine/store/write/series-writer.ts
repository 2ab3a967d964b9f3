import type { TraceColumns } from '../queue/trace-batch.ts'
import type { SampleVisitor } from './segment.ts'
import type { ExpiryCursor, SeriesBlocks, SeriesState } from './series-blocks.ts'
import type { Tail } from './series-tails.ts'
import { basename, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { limits } from '../../../shared/limits.ts'
import { seriesFile, setDatabaseAside } from '../database-files.ts'
import { causeOf, faultOf } from '../storage-fault.ts'
import { openSeriesBlocks } from './series-blocks.ts'
import { SeriesTails } from './series-tails.ts'

export interface SeriesWriterOptions {
  dir: string
  /** The largest row id in the trace. */
  lastTraceId: () => number
  /** Reads samples back from the trace; returns the last row looked at, null at the end. */
  visitSamples: (afterId: number, visit: SampleVisitor) => number | null
  onFlushed: (checkpointId: number) => void
  onDamaged: (message: string) => void
  onFailing: (message: string) => void
}

/**
 * Turns the samples of committed trace rows into blocks. Points wait in memory until there are enough of them or a
 * flush is asked for. Nothing here can lose a point or hold up a commit: the trace rows keep the samples, and whenever
 * memory and file disagree with them (after a crash, after damage, when the disk refuses for too long) the writer
 * lets its memory go, is *behind*, and reads the rows after the checkpoint again.
 */
export interface SeriesWriter {
  readonly checkpointId: number
  /** Takes the samples of rows that have just been committed. */
  feed: (columns: TraceColumns) => void
  /** Begins to write every waiting point; `onFlushed` tells when the checkpoint has moved. */
  startFlush: () => void
  /** Begins to delete blocks that end before `cutoffAt`, and more of the oldest up to `now` while `bytesMax` is exceeded. */
  startExpiry: (expiry: { cutoffAt: number, now: number, bytesMax: number }) => void
  /** Works for about ten milliseconds on what is to be done; false when there is nothing. */
  step: () => boolean
  setAside: (cause: string) => void
  /** Writes what waits and closes the file. */
  close: () => void
}

/** How long one step may hold up the next commit, in milliseconds. */
const stepMs = 10

interface Flush { checkpointId: number, tails: Tail[], next: number }
interface Expiry { cutoffAt: number, now: number, bytesMax: number, share: number, cursor: ExpiryCursor }

/** Opens `series.db`; a damaged one is set aside and filled again from the trace. */
export function createSeriesWriter(options: SeriesWriterOptions): SeriesWriter {
  const { dir, lastTraceId, visitSamples, onFlushed, onDamaged, onFailing } = options
  const tails = new SeriesTails()
  let blocks: SeriesBlocks | null = null
  let checkpointId = 0
  /** Samples in rows up to this one are in a tail or in a block. */
  let fedId = 0
  let behind = true
  let flush: Flush | null = null
  let flushAgain = false
  let expiry: Expiry | null = null
  /** The disk refused; nothing is tried until the next flush is asked for. */
  let stalled = false
  try {
    openBlocks()
  }
  catch (error) {
    if (faultOf(error) !== 'damaged')
      throw error
    setAside(causeOf(error))
  }

  function openBlocks(): SeriesBlocks {
    if (!blocks) {
      blocks = openSeriesBlocks(dir)
      checkpointId = blocks.checkpointId
      fallBehind()
    }
    return blocks
  }

  /** Lets all points in memory go; they will be read from the trace again. */
  function fallBehind(): void {
    tails.clear()
    flush = null
    fedId = checkpointId
    behind = lastTraceId() > checkpointId
  }

  function setAside(cause: string): void {
    blocks?.close()
    blocks = null
    const aside = setDatabaseAside(join(dir, seriesFile))
    openBlocks()
    onDamaged(`The history of values, ${seriesFile}, is damaged: ${cause}. It was set aside as ${basename(aside)} and is being made again from the messages kept in the trace.`)
  }

  /** Runs a piece of work on the file; what goes wrong is dealt with here, because the trace can always make it good. */
  function guard(work: (blocks: SeriesBlocks) => void): void {
    try {
      work(openBlocks())
    }
    catch (error) {
      recover(error)
    }
  }

  function recover(error: unknown): void {
    if (faultOf(error) !== 'damaged')
      return stall(error)
    try {
      setAside(causeOf(error))
    }
    catch (second) {
      stall(second)
    }
  }

  function stall(error: unknown): void {
    stalled = true
    fallBehind()
    onFailing(`The history of values cannot be written: ${causeOf(error)}. It is made up for from the trace as soon as that is possible.`)
  }

  function addSample(file: SeriesBlocks, rowId: number, deviceId: number, property: string, at: number, value: number): void {
    const tail = tails.of(deviceId, property, () => file.load(deviceId, property))
    if (rowId > tail.state.rowId)
      tails.add(tail, at, value)
  }

  function startFlush(): void {
    if (flush) {
      flushAgain = true
      return
    }
    if (tails.waiting.size === 0 && fedId === checkpointId)
      return onFlushed(checkpointId)
    flush = { checkpointId: fedId, tails: [...tails.waiting].sort((a, b) => a.state.id - b.state.id), next: 0 }
  }

  /** Writes tails until the time is up; `pick` says which is next. */
  function writeTails(file: SeriesBlocks, pick: () => Tail | undefined): void {
    const until = performance.now() + stepMs
    const written: [Tail, SeriesState][] = []
    file.transaction(() => {
      let tail = pick()
      for (; tail && performance.now() < until; tail = pick())
        written.push([tail, file.write(tail, tail.pairs, fedId)])
      if (tail)
        written.push([tail, file.write(tail, tail.pairs, fedId)])
      if (flush && flush.next >= flush.tails.length && flush.checkpointId > checkpointId)
        file.setCheckpoint(flush.checkpointId)
    })
    for (const [tail, state] of written)
      tails.written(tail, state)
    if (flush && flush.next >= flush.tails.length)
      endFlush(flush)
  }

  function endFlush(ended: Flush): void {
    checkpointId = Math.max(checkpointId, ended.checkpointId)
    flush = null
    tails.trim()
    onFlushed(checkpointId)
    if (flushAgain) {
      flushAgain = false
      startFlush()
    }
  }

  function nextToFlush(running: Flush): Tail | undefined {
    while (running.next < running.tails.length) {
      const tail = running.tails[running.next++]!
      if (tail.pairs.length > 0)
        return tail
    }
    return undefined
  }

  function flushSome(running: Flush): void {
    guard(file => writeTails(file, () => nextToFlush(running)))
  }

  function flushInProgress(): boolean {
    return flush !== null && !stalled
  }

  function catchUp(file: SeriesBlocks): void {
    if (tails.points >= limits.seriesTailPointsMax / 2)
      return startFlush()
    const seenId = visitSamples(fedId, (...sample) => addSample(file, ...sample))
    if (seenId === null)
      behind = false
    else
      fedId = seenId
  }

  function expire(file: SeriesBlocks, running: Expiry): void {
    running.cursor = file.expire(running.cutoffAt + (running.now - running.cutoffAt) * running.share, running.cursor)
    if (!running.cursor.done)
      return
    running.share += 0.1
    running.cursor = { afterSeriesId: 0, done: false }
    if (running.share > 1 || file.usedBytes() <= running.bytesMax)
      expiry = null
  }

  return {
    get checkpointId() { return checkpointId },
    feed(columns) {
      if (behind)
        return
      guard((file) => {
        for (let row = 0; row < columns.rows; row++) {
          const end = columns.sampleEnds[row]!
          for (let i = row === 0 ? 0 : columns.sampleEnds[row - 1]!; i < end; i++)
            addSample(file, columns.ids[row]!, columns.deviceIds[row]!, columns.properties[columns.sampleProperties[i]!]!, columns.sampleAts[i]!, columns.sampleValues[i]!)
        }
        fedId = columns.ids[columns.rows - 1]!
      })
      if (tails.points > limits.seriesTailPointsMax)
        fallBehind()
      else if (tails.points > limits.seriesTailPointsMax / 2 && !flush)
        startFlush()
    },
    startFlush() {
      stalled = false
      startFlush()
    },
    startExpiry: (wanted) => { expiry = { ...wanted, share: 0, cursor: { afterSeriesId: 0, done: false } } },
    step() {
      if (stalled)
        return false
      if (tails.full.size > 0) {
        const full = tails.full.values()
        guard(file => writeTails(file, () => full.next().value))
      }
      else if (flush) {
        flushSome(flush)
      }
      else if (behind) {
        guard(catchUp)
      }
      else if (expiry) {
        const running = expiry
        guard(file => expire(file, running))
      }
      return !stalled && (tails.full.size > 0 || flush !== null || behind || expiry !== null)
    },
    setAside,
    close() {
      stalled = false
      if (!flush)
        startFlush()
      while (flushInProgress())
        flushSome(flush!)
      blocks?.close()
      blocks = null
    },
  }
}
