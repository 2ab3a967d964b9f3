import type { ValueKind } from './option.ts'

/** An instant: epoch milliseconds or an ISO date, with or without a time; without a zone it is local. Gives epoch milliseconds. */
export const instant: ValueKind<number> = {
  expected: 'a time such as 2025-11-21T14:30, 2025-11-21 or epoch milliseconds',
  read: (text) => {
    if (/^\d{12,14}$/.test(text))
      return Number(text)
    if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
      return undefined
    // A date alone means its local midnight, not the one of Greenwich.
    const at = Date.parse(text.includes(':') ? text.replace(' ', 'T') : `${text}T00:00`)
    return Number.isNaN(at) ? undefined : at
  },
}
