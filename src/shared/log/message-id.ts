/** Row ids grow by this many a millisecond. */
const idsPerMs = 4096

/** The smallest id of rows that arrived after an instant, epoch milliseconds. */
export function firstIdAfter(at: number): number {
  return (Math.floor(at) + 1) * idsPerMs
}

/** The instant in the id of a row, in epoch milliseconds: when it arrived. */
export function msOfRow(rowId: number): number {
  return Math.floor(rowId / idsPerMs)
}

/** The id of a journey as the platform's log shows one: 16 hex digits, made from the id of the journey's first row. */
export function traceIdOf(rowId: number): string {
  return rowId.toString(16).padStart(16, '0')
}

/** The row that a trace id names; null when the text is no trace id. Leading zeros may be left out. */
export function rowIdOfTrace(traceId: string): number | null {
  const text = traceId.trim()
  const id = /^[0-9a-f]{1,16}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN
  return Number.isSafeInteger(id) ? id : null
}

/** Commands carry the platform's own id in their text: nineteen decimal digits that begin with the time. */
const commandId = /^\d{19}$/

/**
 * Where a message with a platform's id can be: the rows between two ids, both included. A command's id is made just before
 * its row; every other message has the id of its row. Null when the text is no such id.
 */
export function rowsOfMessageId(messageId: string): { first: number, last: number } | null {
  const text = messageId.trim()
  if (commandId.test(text)) {
    const at = Number(BigInt(text) / 1_000_000n)
    return { first: (at - 1_000) * idsPerMs, last: (at + 60_000) * idsPerMs }
  }
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(id) ? { first: id, last: id } : null
}

const rrpcRequest = /\/rrpc\/(?:request\/)?(\d{19})(?:\/|$)/

/** The platform's id of a message to a device: the command's own where it carries one, otherwise that of its row. */
export function messageIdOf(row: { id: number, topic: string }, text: string | null): string {
  const own = text === null ? undefined : /"id":"(\d{19})"/.exec(text)?.[1]
  return own ?? rrpcRequest.exec(row.topic)?.[1] ?? String(row.id)
}
