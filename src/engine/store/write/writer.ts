import type { BatchMessage, FromWriter, RefusedGroup, ToWriter, WriterSetup } from '../messages.ts'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { AppError } from '../../../shared/errors.ts'
import { databaseBytes, registryFile, seriesFile } from '../database-files.ts'
import { causeOf, codeOf } from '../storage-fault.ts'
import { createRegistryWriter } from './registry-writer.ts'
import { createSeriesWriter } from './series-writer.ts'
import { createTraceWriter } from './trace-writer.ts'

/** Everything that writes, behind messages; it runs in the writer worker and knows nothing of threads. */
export interface Writer {
  handle: (message: ToWriter) => void
  /** Does a little of the work that is not urgent (series); false when there is none. */
  step: () => boolean
}

/** A batch and how far it has come: what is committed is not done again when the rest has to be. */
interface Job {
  batch: BatchMessage
  row: number
  amended: boolean
  registered: boolean
  refusedRows: number
  refusedBecause: string | null
  refusedGroups: RefusedGroup[]
}

/** Commits between two looks at the size of registry and series. */
const commitsPerMeasure = 64

/** Opens the workspace's databases and reports `opened`; throws when one of them cannot be used. */
export function createWriter(setup: WriterSetup, post: (message: FromWriter) => void): Writer {
  const { dir } = setup
  const registry = createRegistryWriter(dir, setup.migrations)
  const traces = createTraceWriter({
    dir,
    segmentBytesMax: setup.segmentBytesMax,
    onRolled: segment => post({ kind: 'rolled', segment }),
    onDamaged: (file, message) => post({ kind: 'segmentDamaged', file, message }),
  })
  const series = createSeriesWriter({
    dir,
    lastTraceId: () => traces.lastId,
    visitSamples: traces.visitSamples,
    onFlushed: checkpointId => post({ kind: 'seriesFlushed', checkpointId }),
    onDamaged: message => post({ kind: 'seriesDamaged', message }),
    onFailing: message => post({ kind: 'seriesFailing', message }),
  })
  const jobs: Job[] = []
  let failing = false
  let closed = false
  /** The connections may be bound to a file that is no longer there, or to a disk that went away. */
  let reopenFirst = false

  let bytes = otherBytes()
  let commits = 0

  post({
    kind: 'opened',
    segments: traces.segments(),
    // Ids go on growing even when the newest segments were lost.
    lastId: Math.max(traces.lastId, series.checkpointId),
    checkpointId: series.checkpointId,
    otherBytes: bytes,
    sqliteVersion: registry.sqliteVersion,
  })

  function otherBytes(): number {
    return databaseBytes(join(dir, registryFile)) + databaseBytes(join(dir, seriesFile))
  }

  function carryOut(job: Job): void {
    const { traces: columns, amendments, sqls, groups } = job.batch
    // First what the messages change, then the messages: a crash in between leaves no message without its effect.
    if (!job.registered && groups.length > 0)
      job.refusedGroups = registry.write(sqls, groups)
    job.registered = true
    const rows = columns?.rows ?? 0
    while (job.row < rows) {
      const { to, refused, because } = traces.writeRun(columns!, job.row)
      job.row = to
      job.refusedRows += refused
      job.refusedBecause = because ?? job.refusedBecause
    }
    if (!job.amended && amendments.length > 0)
      traces.amend(amendments)
    job.amended = true
  }

  function report(job: Job, commitMs: number): void {
    const { traces: columns, groups } = job.batch
    if (++commits % commitsPerMeasure === 0)
      bytes = otherBytes()
    post({
      kind: 'committed',
      rows: columns?.rows ?? 0,
      refusedRows: job.refusedRows,
      refusedBecause: job.refusedBecause,
      groups: groups.map(({ id }) => id),
      refusedGroups: job.refusedGroups,
      commitMs,
      segment: traces.openInfo(),
      otherBytes: bytes,
    })
    if (columns)
      series.feed(columns)
  }

  function work(): void {
    for (let job = jobs[0]; job && !failing; job = jobs[0]) {
      const startedAt = performance.now()
      try {
        if (reopenFirst) {
          registry.reopen()
          traces.reopen()
          reopenFirst = false
        }
        carryOut(job)
      }
      catch (error) {
        failing = true
        // A full disk leaves the connections usable, and readers may depend on what they keep open.
        reopenFirst ||= codeOf(error) !== 'SQLITE_FULL'
        post({ kind: 'failing', message: failureSentence(dir, error) })
        return
      }
      jobs.shift()
      report(job, performance.now() - startedAt)
    }
  }

  function withdraw(ids: number[]): void {
    const wanted = new Set(ids)
    const withdrawn: number[] = []
    const done: number[] = []
    for (const { batch, registered, refusedGroups } of jobs) {
      const asked = batch.groups.map(({ id }) => id).filter(id => wanted.has(id))
      if (registered) {
        done.push(...asked.filter(id => !refusedGroups.some(refused => refused.id === id)))
        continue
      }
      withdrawn.push(...asked)
      batch.groups = batch.groups.filter(({ id }) => !wanted.has(id))
    }
    post({ kind: 'withdrawn', groups: withdrawn, done })
  }

  /** Housekeeping that may fail without harm: it is asked for again when its reason comes up again. */
  function attempt(housekeeping: () => void): void {
    try {
      housekeeping()
    }
    catch (error) {
      post({ kind: 'trouble', message: failureSentence(dir, error) })
    }
  }

  function close(): void {
    closed = true
    failing = false
    work()
    const rows = jobs.reduce((sum, { batch, row }) => sum + (batch.traces?.rows ?? 0) - row, 0)
    const groups = jobs.reduce((sum, { batch, registered }) => sum + (registered ? 0 : batch.groups.length), 0)
    series.close()
    traces.close()
    registry.close()
    post({
      kind: 'closed',
      lost: jobs.length === 0 ? null : `${rows} messages and ${groups} changes could not be written before the end; none of them had been acknowledged.`,
    })
  }

  return {
    handle(message) {
      switch (message.kind) {
        case 'batch':
          jobs.push({ batch: message, row: 0, amended: false, registered: false, refusedRows: 0, refusedBecause: null, refusedGroups: [] })
          return work()
        case 'retry':
          failing = false
          return work()
        case 'withdraw': return withdraw(message.groups)
        case 'flushSeries': return series.startFlush()
        case 'retainSeries': return series.startExpiry(message)
        case 'limitSegment': return traces.setSegmentBytesMax(message.segmentBytesMax)
        case 'sealSegment': return attempt(() => traces.seal(message.file))
        case 'setSegmentAside': return attempt(() => traces.setAside(message.file, message.cause))
        case 'setSeriesAside': return attempt(() => series.setAside(message.cause))
        case 'forgetSegment': return traces.forget(message.file)
        case 'close': return close()
      }
    },
    step: () => !closed && series.step(),
  }
}

/** One sentence that says what cannot be written and why. */
export function failureSentence(dir: string, error: unknown): string {
  return error instanceof AppError ? error.message : `The workspace ${dir} cannot be written: ${causeOf(error)}.`
}
