import type { BoundStatement, SqlParams } from '../types.ts'
import type { RegistryGroup } from './trace-batch.ts'

/** Statements that wait for the writer and take place together. */
export interface QueuedGroup {
  id: number
  statements: BoundStatement[]
  bytes: number
  queuedAt: number
  /** What counts as the same upsert; undefined for a write. */
  key: string | undefined
  /** Null when nobody waits: a failure is only logged. */
  waiter: { resolve: () => void, reject: (error: Error) => void } | null
  /** A write whose caller is told after a while that the disk refuses; false for the markers of `flush`. */
  expires: boolean
}

/** Groups taken for one batch, as they go to the writer. */
export interface TakenGroups { groups: QueuedGroup[], sqls: string[], packed: RegistryGroup[], statements: number }

/** The registry's statements in the order they are to be carried out. */
export class RegistryQueue {
  readonly #groups = new Map<string | number, QueuedGroup & { epoch: number }>()
  #nextId = 1
  /** Grows with every write: an upsert queued before a write must not take a new value to the place it has there. */
  #epoch = 0
  #statements = 0
  #bytes = 0

  get statements(): number { return this.#statements }
  get bytes(): number { return this.#bytes }
  get isEmpty(): boolean { return this.#groups.size === 0 }

  addWrite(statements: BoundStatement[], queuedAt: number, expires: boolean, waiter: NonNullable<QueuedGroup['waiter']>): void {
    this.#epoch++
    const id = this.#nextId++
    this.#add(id, { id, ...copyStatements(statements), queuedAt, key: undefined, waiter, expires })
  }

  /** Replaces the statement with the same key that still waits: in its place, or behind the writes that came after it. */
  setUpsert(key: string, statement: BoundStatement, queuedAt: number): void {
    const { statements, bytes } = copyStatements([statement])
    const waiting = this.#groups.get(key)
    if (waiting?.epoch === this.#epoch) {
      this.#bytes += bytes - waiting.bytes
      waiting.statements = statements
      waiting.bytes = bytes
      return
    }
    if (waiting)
      this.remove(waiting)
    this.#add(key, { id: this.#nextId++, statements, bytes, queuedAt, key, waiter: null, expires: false })
  }

  remove(group: QueuedGroup): void {
    if (this.#groups.delete(group.key ?? group.id)) {
      this.#statements -= group.statements.length
      this.#bytes -= group.bytes
    }
  }

  /** Writes that have waited since `queuedBefore` or longer. */
  expired(queuedBefore: number): QueuedGroup[] {
    return [...this.#groups.values()].filter(group => group.expires && group.queuedAt <= queuedBefore)
  }

  /** Every group that still waits, without taking it. */
  all(): QueuedGroup[] {
    return [...this.#groups.values()]
  }

  /** Takes everything out: a message is never committed without what it changes, which was queued before it. */
  take(): TakenGroups {
    const taken: TakenGroups = { groups: [], sqls: [], packed: [], statements: 0 }
    const index = new Map<string, number>()
    for (const group of this.#groups.values()) {
      this.remove(group)
      taken.groups.push(group)
      taken.statements += group.statements.length
      taken.packed.push({
        id: group.id,
        statements: group.statements.map(({ statement: { sql }, params }) => {
          let place = index.get(sql)
          if (place === undefined) {
            place = taken.sqls.push(sql) - 1
            index.set(sql, place)
          }
          return [place, params]
        }),
      })
    }
    return taken
  }

  #add(key: string | number, group: QueuedGroup): void {
    this.#groups.set(key, { ...group, epoch: this.#epoch })
    this.#statements += group.statements.length
    this.#bytes += group.bytes
  }
}

/**
 * Statements with parameters of their own, because the caller may reuse its arrays and buffers, and what they count in
 * the queue. One pass with plain loops: creating devices in bulk brings a hundred thousand of them at once.
 */
function copyStatements(statements: BoundStatement[]): { statements: BoundStatement[], bytes: number } {
  let bytes = statements.length * 64
  const copies = statements.map(({ statement, params }): BoundStatement => {
    const copy: SqlParams = []
    for (const param of params) {
      if (typeof param === 'string') {
        bytes += param.length
        copy.push(param)
      }
      else if (typeof param === 'object' && param !== null) {
        bytes += param.length
        copy.push(new Uint8Array(param))
      }
      else {
        bytes += 8
        copy.push(param)
      }
    }
    return { statement, params: copy }
  })
  return { statements: copies, bytes }
}
