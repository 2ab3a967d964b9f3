import type { Connection, Prepared } from '../open.ts'
import { openConnection } from '../open.ts'
import { damagedContent } from '../storage-fault.ts'

/** Files a reader keeps open. */
const connectionsMax = 16
/** Statements kept prepared for one file, and topics remembered. */
const statementsMax = 200
const topicsMax = 10_000

export interface PooledConnection {
  db: Connection
  /** The version its tables were made with. */
  version: number
  /** A prepared statement; its settings (`raw`, `pluck`) are those of its first use. */
  prepare: (sql: string, shape?: (statement: Prepared) => Prepared) => Prepared
  /** The topic with a number, of a segment; rows of a device have few, so most are remembered. */
  topicOf: (id: number) => string
}

/** The files that a reader has open, for reading only; the longest unused one is closed when there are too many. */
export interface ConnectionPool {
  /** Throws SQLite's own error when the file cannot be opened. */
  open: (path: string) => PooledConnection
  release: (path: string) => void
  close: () => void
}

/** `prepareConnection` is called with every connection that is opened, to add SQL functions. */
export function createConnectionPool(prepareConnection: (db: Connection) => void): ConnectionPool {
  const connections = new Map<string, PooledConnection>()

  function connect(path: string): PooledConnection {
    const db = openConnection(path, { readonly: true, cacheKib: 4_096 })
    prepareConnection(db)
    const statements = new Map<string, Prepared>()
    const topics = new Map<number, string>()

    function prepare(sql: string, shape = (statement: Prepared) => statement): Prepared {
      let statement = statements.get(sql)
      if (!statement) {
        if (statements.size >= statementsMax)
          statements.clear()
        statement = shape(db.prepare(sql))
        statements.set(sql, statement)
      }
      return statement
    }

    function topicOf(id: number): string {
      let topic = topics.get(id)
      if (topic === undefined) {
        topic = prepare('SELECT name FROM topic WHERE id = ?', statement => statement.pluck()).get(id) as string | undefined
        if (topic === undefined)
          throw damagedContent(`A trace row names the topic ${id}, which does not exist.`)
        if (topics.size >= topicsMax)
          topics.clear()
        topics.set(id, topic)
      }
      return topic
    }

    return { db, version: db.pragma('user_version', { simple: true }) as number, prepare, topicOf }
  }

  function release(path: string): void {
    const connection = connections.get(path)
    connections.delete(path)
    connection?.db.close()
  }

  return {
    open(path) {
      const connection = connections.get(path) ?? connect(path)
      // Maps keep the order of insertion: the first key is the one that was not used for the longest time.
      connections.delete(path)
      connections.set(path, connection)
      const oldest = connections.keys().next().value
      if (connections.size > connectionsMax && oldest !== undefined)
        release(oldest)
      return connection
    },
    release,
    close() {
      for (const path of [...connections.keys()])
        release(path)
    },
  }
}
