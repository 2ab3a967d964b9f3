import type { StopAfter } from '../../../shared/contract/fleet-stop.ts'

export const stopNames = ['messages', 'seconds', 'failures'] as const
/** As it is typed: an empty field is no condition. */
export type StopDraft = Record<(typeof stopNames)[number], number | null>

/** When a fleet stops by itself, for the form. */
export function stopDraft(stopAfter: StopAfter | null): StopDraft {
  return { messages: stopAfter?.messages ?? null, seconds: stopAfter?.sec ?? null, failures: stopAfter?.failures ?? null }
}

/** What the form says; null when no field has anything. */
export function readStop({ messages, seconds, failures }: StopDraft): StopAfter | null {
  const stopAfter = { ...messages !== null && { messages }, ...seconds !== null && { sec: seconds }, ...failures !== null && { failures } }
  return Object.keys(stopAfter).length === 0 ? null : stopAfter
}
