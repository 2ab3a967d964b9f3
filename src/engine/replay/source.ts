import type { ReplayRow, RowPage, RowSource } from './types.ts'
import { Buffer } from 'node:buffer'
import { isJsonObject } from '../../shared/json.ts'

/** Lines that are read in one go. */
const linesPerPage = 500

/**
 * An export of the trace in JSON lines, read a page at a time. Each line says `at`, `direction`, `productKey`, `deviceName`, `topic`, `qos` and `payload`, a
 * text or `{"base64": …}`. Whatever else a file holds is a row with the direction `line`; empty lines are none.
 */
export function fileSource(text: string): RowSource {
  // The mark that some programs put before UTF-8 text.
  const start = text.startsWith('\uFEFF') ? 1 : 0
  return {
    read: async (after): Promise<RowPage> => {
      const rows: ReplayRow[] = []
      let at = Math.max(start, after)
      while (at < text.length && rows.length < linesPerPage) {
        const lineEnd = text.indexOf('\n', at)
        const end = lineEnd === -1 ? text.length : lineEnd
        const line = text.slice(at, end).trim()
        at = end + 1
        if (line !== '')
          rows.push(readLine(line, at))
      }
      const isOver = at >= text.length
      return { rows, next: isOver ? null : at, share: isOver ? 1 : at / text.length }
    },
  }
}

function readLine(line: string, place: number): ReplayRow {
  const none: ReplayRow = { place, at: 0, direction: 'line', productKey: '', deviceName: '', topic: '', qos: 0, payload: Buffer.alloc(0) }
  const value = parse(line)
  if (!isJsonObject(value))
    return none
  const { at, direction, productKey, deviceName, topic, qos, payload } = value
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : isJsonObject(payload) && typeof payload.base64 === 'string' ? Buffer.from(payload.base64, 'base64') : null
  const isWhole = typeof at === 'number' && typeof topic === 'string' && bytes !== null && (direction === 'up' || direction === 'down' || direction === 'record')
  return isWhole
    ? { place, at, direction, productKey: typeof productKey === 'string' ? productKey : '', deviceName: typeof deviceName === 'string' ? deviceName : '', topic, qos: qos === 1 ? 1 : 0, payload: bytes }
    : none
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  }
  catch {
    return null
  }
}
