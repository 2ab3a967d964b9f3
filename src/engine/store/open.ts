import Database from 'better-sqlite3'

export type Connection = Database.Database
export type Prepared = Database.Statement<unknown[], unknown>

export interface ConnectionOptions {
  /** Only for reading; the file has to be there. */
  readonly?: boolean
  /** Fails instead of making a new file. */
  mustExist?: boolean
  /** Leaves the kind of journal as it is in the file, instead of turning the write-ahead log on. */
  keepJournal?: boolean
  /** Size of a page of a new file, in bytes. */
  pageBytes?: number
  /** Pages kept in memory, in KiB. */
  cacheKib?: number
  /** Pages in the write-ahead log before they are moved into the file. */
  checkpointPages?: number
}

/** How long a statement waits for a lock; only another program could hold one for longer than a moment. */
const busyMs = 2_000

/**
 * Opens a database file, the only place that does. A writing connection keeps a write-ahead log with
 * `synchronous=NORMAL`: a commit survives the end of the process without waiting for the disk.
 * Throws the SqliteError of whatever went wrong, with the file closed again.
 */
export function openConnection(file: string, options: ConnectionOptions = {}): Connection {
  const { readonly = false, mustExist = readonly, keepJournal = readonly, pageBytes = 4096, cacheKib = 16_384, checkpointPages = 1_000 } = options
  const db = new Database(file, { readonly, fileMustExist: mustExist, timeout: busyMs })
  try {
    db.pragma(`cache_size = -${cacheKib}`)
    if (!readonly)
      db.pragma('synchronous = NORMAL')
    if (!keepJournal) {
      db.pragma(`page_size = ${pageBytes}`)
      db.pragma('journal_mode = WAL')
      db.pragma(`wal_autocheckpoint = ${checkpointPages}`)
      db.pragma('journal_size_limit = 67108864')
    }
  }
  catch (error) {
    db.close()
    throw error
  }
  return db
}

/** Runs `work` in one transaction; rolls back and rethrows when it or the commit fails. */
export function inTransaction<Result>(db: Connection, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  }
  catch (error) {
    // Some failures (a full disk) have rolled back already.
    if (db.inTransaction)
      db.exec('ROLLBACK')
    throw error
  }
}

/** Runs several reads on one state of the database, whatever is written meanwhile. */
export function inSnapshot<Result>(db: Connection, read: () => Result): Result {
  db.exec('BEGIN')
  try {
    return read()
  }
  finally {
    if (db.inTransaction)
      db.exec('COMMIT')
  }
}
