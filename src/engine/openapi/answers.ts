import type { JsonValue } from '../../shared/json.ts'

import { initially, integer } from './parameter.ts'

/** The parameters of a list that comes page by page: `CurrentPage` from 1 and `PageSize` from 1 to `max`. */
export function paging({ max, initial = 10 }: { max: number, initial?: number }): { CurrentPage: ReturnType<typeof initially<number>>, PageSize: ReturnType<typeof initially<number>> } {
  const code = 'iot.common.InvalidPageParams'
  return {
    CurrentPage: initially(integer('Which page, from 1.', { min: 1, code }), 1),
    PageSize: initially(integer('Elements of a page.', { min: 1, max, code }), initial),
  }
}

/** Where a page begins, for the contract's lists. */
export function rangeOf({ CurrentPage, PageSize }: { CurrentPage: number, PageSize: number }): { offset: number, limit: number } {
  return { offset: (CurrentPage - 1) * PageSize, limit: PageSize }
}

/** What the answer says about the pages; the cloud calls the number of the page `CurrentPage` in some answers and `Page` in others. */
export function pageCounts({ PageSize }: { PageSize: number }, total: number): { PageCount: number, PageSize: number, Total: number } {
  return { PageCount: Math.ceil(total / PageSize), PageSize, Total: total }
}

/** A page of a list that is all there. */
export function pageOf<T>(all: readonly T[], page: { CurrentPage: number, PageSize: number }): T[] {
  const { offset, limit } = rangeOf(page)
  return all.slice(offset, offset + limit)
}

/** `2025-01-01T00:00:00.000Z`, as members named `Utc…` have it; nothing for an instant that there is not. */
export function utcTime(at: number): string
export function utcTime(at: number | null): string | undefined
export function utcTime(at: number | null): string | undefined {
  return at === null ? undefined : new Date(at).toISOString()
}

/** `Wed, 01-Jan-2025 00:00:00 GMT`, as members named `Gmt…` have it in the cloud's examples. */
export function gmtTime(at: number): string
export function gmtTime(at: number | null): string | undefined
export function gmtTime(at: number | null): string | undefined {
  return at === null ? undefined : new Date(at).toUTCString().replace(/^(\w+, \d+) (\w+) /, '$1-$2-')
}

/** A value of a thing model as answers have it, where everything is text: a text as it is, anything else as JSON. */
export function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
