import type { DamageReport, FromWriter } from './messages.ts'
import type { Store, StoreNotice, StoreOptions } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { seriesFile } from './database-files.ts'
import { every } from './every.ts'
import { WriteQueue } from './queue/write-queue.ts'
import { createWriteRetry } from './queue/write-retry.ts'
import { createReaderClient } from './reader-client.ts'
import { createRetentionKeeper } from './retention/retention-keeper.ts'
import { segmentBytesFor } from './retention/retention.ts'
import { SegmentCatalog } from './retention/segment-catalog.ts'
import { createStoreReads } from './store-reads.ts'
import { prepareFolder } from './workspace-folder.ts'
import { startWriter } from './writer-client.ts'

/**
 * Opens the store of a workspace, making what is missing: a writer worker that commits, a reader worker that answers
 * queries, and between them and their callers a queue, the list of segments and their retention. Rejects with AppError
 * store/unwritable, workspace/newer or workspace/damaged; damaged segments and a damaged `series.db` are set aside and
 * reported through `onNotice`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dir, clock, log, onNotice, onPressure, migrations, segmentBytesMax = limits.segmentBytesMax, discard = false } = options
  const keep = { keepTracesDays: options.keepTracesDays, keepTracesBytesMax: options.keepTracesBytesMax }
  await prepareFolder(dir)
  const writer = await startWriter({ dir, migrations: [...migrations], segmentBytesMax: segmentBytesFor(keep, segmentBytesMax) })
  const reader = createReaderClient(dir, log)

  const { opened, post } = writer
  const catalog = new SegmentCatalog(opened.segments)
  let { checkpointId, otherBytes } = opened
  let lastCommitMs = 0
  let lost: string | null = null
  let closing: Promise<void> | null = null
  /** Several reads may come upon the same damage before the writer has dealt with it. */
  let seriesGoesAside = false

  const queue = new WriteQueue({
    clock,
    log,
    lastId: opened.lastId,
    discard,
    send: post,
    sendWithdrawal: groups => post({ kind: 'withdraw', groups }),
    onPressure,
    onCommitted: options.onCommitted,
  })
  const retry = createWriteRetry({
    clock,
    onNotice,
    retry() {
      queue.expireWrites(retry.failing ?? '')
      post({ kind: 'retry' })
    },
  })
  writer.listen(receive, (message) => {
    log.error(message)
    retry.gaveUp(message)
    queue.end(message)
  })
  const retention = createRetentionKeeper({
    dir,
    clock,
    log,
    keep,
    segmentBytesMax,
    catalog,
    checkpointId: () => checkpointId,
    release: reader.release,
    post,
    onNotice,
  })
  const flushSeries = every(clock, limits.seriesFlushMs, () => post({ kind: 'flushSeries' }))
  const reads = createStoreReads(reader, catalog, setDamagedAside)

  function tell(code: StoreNotice['code'], message: string): void {
    onNotice({ code, message, at: clock.now() })
  }

  function receive(message: FromWriter): void {
    switch (message.kind) {
      case 'committed':
        if (message.segment)
          catalog.put(message.segment)
        lastCommitMs = message.commitMs
        otherBytes = message.otherBytes
        retry.succeeded()
        return queue.committed(message)
      case 'failing': return retry.failed(message.message)
      case 'withdrawn': return queue.withdrawn(message.groups, message.done, retry.failing ?? 'The store cannot write at the moment.')
      case 'rolled':
        catalog.put(message.segment)
        void reader.release([message.segment.file]).then(() => post({ kind: 'sealSegment', file: message.segment.file }))
        return retention.run()
      case 'segmentDamaged':
        catalog.remove(message.file)
        return tell('segment-damaged', message.message)
      case 'seriesDamaged':
        checkpointId = 0
        seriesGoesAside = false
        void reader.release([seriesFile])
        return tell('database-damaged', message.message)
      case 'seriesFlushed':
        checkpointId = message.checkpointId
        return retention.seriesFlushed()
      case 'seriesFailing':
      case 'trouble':
        seriesGoesAside = false
        return log.warn(message.message)
      case 'closed':
        lost = message.lost
    }
  }

  /** A read came upon damage; the writer renames the file once no reader has it open. */
  function setDamagedAside({ file, cause }: DamageReport): void {
    if (file === seriesFile) {
      if (!seriesGoesAside)
        post({ kind: 'setSeriesAside', cause })
      seriesGoesAside = true
      return
    }
    catalog.remove(file)
    void reader.release([file]).then(() => post({ kind: 'setSegmentAside', file, cause }))
  }

  async function close(): Promise<void> {
    flushSeries.cancel()
    retry.close()
    await retention.close()
    queue.sendAllAndClose()
    // The last one to close a database moves its write-ahead log into the file, which a reader cannot do.
    await reader.close()
    post({ kind: 'close' })
    await writer.ended
    if (lost)
      log.error(`${retry.failing ?? 'The workspace could not be written.'} ${lost}`)
    queue.end(retry.failing ?? 'The workspace was closed before it could be written.')
  }

  return {
    ...reads,
    sqliteVersion: opened.sqliteVersion,
    write: statements => queue.write(statements),
    append: (entry, appendOptions) => queue.append(entry, appendOptions),
    upsert: (key, statement) => queue.upsert(key, statement),
    amend: (id, change) => queue.amend({ id, ...change }),
    flush: () => queue.flush(),
    isIdle: () => queue.isIdle && reader.pending === 0,
    setRetention: wanted => retention.set(wanted),
    pinTraces: spans => retention.pin(spans),
    stats: () => ({
      ...queue.stats,
      lastCommitMs,
      readsPending: reader.pending,
      diskBytes: catalog.bytes + otherBytes,
      segments: catalog.all.length,
      oldestAt: catalog.oldestAt,
      failing: retry.failing,
    }),
    close: () => closing ??= close(),
  }
}
