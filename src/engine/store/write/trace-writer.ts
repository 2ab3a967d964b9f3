import type { SegmentInfo } from '../messages.ts'
import type { Amendment, TraceColumns } from '../queue/trace-batch.ts'
import type { InsertResult, SampleVisitor, Segment } from './segment.ts'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSegmentName, compareSegmentNames, databaseBytes, nextSegmentNumber, parseSegmentName, removeDatabaseSync, segmentPath, setDatabaseAside, tracesFolder } from '../database-files.ts'
import { dayOfRowId, nextDayRowId } from '../row-id.ts'
import { causeOf, faultOf } from '../storage-fault.ts'
import { openSegment } from './segment.ts'

export interface TraceWriterOptions {
  dir: string
  segmentBytesMax: number
  /** A segment got its last row. */
  onRolled: (segment: SegmentInfo) => void
  onDamaged: (file: string, message: string) => void
}

export interface RunResult extends InsertResult {
  /** The first row that is not written yet. */
  to: number
}

/** All segments of a workspace, of which at most the newest takes rows. */
export interface TraceWriter {
  /** Every segment that holds rows, oldest first. */
  segments: () => SegmentInfo[]
  /** The segment that takes rows, as it is now. */
  openInfo: () => SegmentInfo | null
  /** The largest id on disk; 0 when there is none. */
  readonly lastId: number
  /**
   * Commits rows from `from` on, as many as belong to one UTC day, in the open segment or a new one. Throws when the
   * disk refuses; a damaged segment is set aside and its rows go on into a new one.
   */
  writeRun: (columns: TraceColumns, from: number) => RunResult
  /** Changes verdicts of rows wherever they are; rows that are gone are passed over. */
  amend: (amendments: Amendment[]) => void
  /** Visits samples of the next rows after `afterId`; returns the last id looked at, or null at the end. */
  visitSamples: (afterId: number, visit: SampleVisitor) => number | null
  /** Renames a damaged segment and reports it. */
  setAside: (file: string, cause: string) => void
  /** Turns a finished segment into a single file, unless someone has it open. */
  seal: (file: string) => void
  /** The segment is about to be deleted. */
  forget: (file: string) => void
  setSegmentBytesMax: (bytes: number) => void
  /** Opens the file of the open segment anew, for when its disk has come back. */
  reopen: () => void
  close: () => void
}

/** Rows looked at in one go when samples are read back; a row may hold hundreds of samples. */
const visitRowsMax = 1_024

/** Opens the segments of a workspace; damaged ones are set aside, empty ones deleted, finished ones sealed. */
export function createTraceWriter(options: TraceWriterOptions): TraceWriter {
  const { dir, onRolled, onDamaged } = options
  let { segmentBytesMax } = options
  mkdirSync(join(dir, tracesFolder), { recursive: true })
  /** Oldest first; the open one, if any, is last. */
  let finished: SegmentInfo[] = []
  let open: Segment | null = null
  load()

  function load(): void {
    const names = readdirSync(join(dir, tracesFolder)).map(parseSegmentName).filter(name => name !== undefined).sort(compareSegmentNames)
    names.forEach(({ file }, index) => {
      try {
        const newest = index === names.length - 1
        const segment = openSegment(segmentPath(dir, file), { mustExist: true, keepJournal: !newest })
        const info = segment.info()
        if (info && newest && !segment.isOld) {
          open = segment
          return
        }
        if (info)
          sealIfFree(segment)
        segment.close()
        if (info)
          finished.push(info)
        else
          removeDatabaseSync(segmentPath(dir, file))
      }
      catch (error) {
        if (!isDamage(error))
          throw error
        setAside(file, causeOf(error))
      }
    })
  }

  function setAside(file: string, cause: string): void {
    if (open?.file === file) {
      closeQuietly(open)
      open = null
    }
    finished = finished.filter(info => info.file !== file)
    const path = segmentPath(dir, file)
    if (!existsSync(path))
      return
    const aside = setDatabaseAside(path)
    onDamaged(file, `Trace segment ${file} is damaged: ${cause}. It was set aside as ${basename(aside)}; the messages in it are missing from the trace.`)
  }

  /** Someone deleted the file of the open segment. */
  function lose(gone: Segment): void {
    closeQuietly(gone)
    open = null
    onDamaged(gone.file, `Trace segment ${gone.file} is gone; the messages in it are missing from the trace.`)
  }

  /** The segment for a row id: the open one while its day and size allow, otherwise a new one. */
  function segmentFor(id: number): Segment {
    const info = open?.info()
    if (open && info && (dayOfRowId(info.lastId) !== dayOfRowId(id) || info.bytes >= segmentBytesMax)) {
      open.finish()
      open.close()
      open = null
      const rolled = { ...info, bytes: databaseBytes(segmentPath(dir, info.file)) }
      finished.push(rolled)
      onRolled(rolled)
    }
    return open ??= beginSegment(dayOfRowId(id))
  }

  function beginSegment(day: string): Segment {
    mkdirSync(join(dir, tracesFolder), { recursive: true })
    const number = nextSegmentNumber(readdirSync(join(dir, tracesFolder)), day)
    const path = segmentPath(dir, buildSegmentName(day, number))
    try {
      return openSegment(path, { mustExist: false, keepJournal: false })
    }
    catch (error) {
      removeBeginning(path)
      throw error
    }
  }

  function writeRun(columns: TraceColumns, from: number, afterDamage = false): RunResult {
    const nextDay = nextDayRowId(columns.ids[from]!)
    let to = from + 1
    while (to < columns.rows && columns.ids[to]! < nextDay)
      to++
    try {
      return { to, ...segmentFor(columns.ids[from]!).insert(columns, from, to) }
    }
    catch (error) {
      if (afterDamage || !open || faultOf(error) !== 'damaged')
        throw error
      setAside(open.file, causeOf(error))
      return writeRun(columns, from, true)
    }
  }

  /** Opens a finished segment for one piece of work; undefined when it is gone or turns out damaged. */
  function withSegment<Result>(file: string, work: (segment: Segment) => Result): Result | undefined {
    try {
      if (open?.file === file)
        return work(open)
      const segment = openSegment(segmentPath(dir, file), { mustExist: true, keepJournal: true })
      try {
        return work(segment)
      }
      finally {
        segment.close()
      }
    }
    catch (error) {
      if (!existsSync(segmentPath(dir, file))) {
        finished = finished.filter(info => info.file !== file)
        return undefined
      }
      if (!isDamage(error))
        throw error
      setAside(file, causeOf(error))
      return undefined
    }
  }

  function segments(): SegmentInfo[] {
    const info = open?.info()
    return info ? [...finished, info] : finished
  }

  return {
    segments,
    openInfo: () => open?.info() ?? null,
    get lastId() { return segments().at(-1)?.lastId ?? 0 },
    writeRun: (columns, from) => writeRun(columns, from),
    amend(amendments) {
      for (const { file, firstId, lastId } of segments()) {
        const own = amendments.filter(({ id }) => id >= firstId && id <= lastId)
        if (own.length > 0)
          withSegment(file, segment => segment.amend(own))
      }
    },
    visitSamples(afterId, visit) {
      for (const { file, lastId } of segments()) {
        if (lastId <= afterId)
          continue
        const seen = withSegment(file, segment => segment.visitSamples(afterId, visitRowsMax, visit))
        if (seen !== undefined && seen !== null)
          return seen
      }
      return null
    },
    setAside,
    seal: file => withSegment(file, sealIfFree),
    forget(file) { finished = finished.filter(info => info.file !== file) },
    setSegmentBytesMax(bytes) { segmentBytesMax = bytes },
    reopen() {
      if (!open)
        return
      if (!existsSync(segmentPath(dir, open.file)))
        return lose(open)
      // Opened before the old one is closed: when that fails, the old one is still there to try again with.
      const anew = openSegment(segmentPath(dir, open.file), { mustExist: true, keepJournal: false })
      closeQuietly(open)
      open = anew
    },
    close() {
      open?.close()
      open = null
    },
  }
}

/** A file that is not a database, is cut short, or lacks the tables of a segment. */
function isDamage(error: unknown): boolean {
  return faultOf(error) === 'damaged' || (faultOf(error) === 'statement' && String(error).startsWith('SqliteError'))
}

/** A segment that a reader has open stays as it is until the next start. */
function sealIfFree(segment: Segment): void {
  try {
    segment.seal()
  }
  catch (error) {
    if (isDamage(error))
      throw error
  }
}

/** A disk that refuses must not collect the beginnings of segments, one with every attempt. */
function removeBeginning(path: string): void {
  try {
    removeDatabaseSync(path)
  }
  catch { /* What stands in the way of the segment may stand in the way of this too; the first error says more. */ }
}

/** Closing a damaged or vanished file may fail too; there is nothing more to lose in it. */
function closeQuietly(segment: Segment): void {
  try {
    segment.close()
  }
  catch {}
}
