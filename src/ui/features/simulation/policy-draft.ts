import type { PolicyContent, PolicyWhen } from '../../../shared/contract/device-simulation.ts'
import type { Behaviour } from '../../../shared/contract/fleet.ts'
import type { BehaviourDraft } from '../../parts/behaviour/behaviour-draft.ts'
import { behaviourOf, draftOf } from '../../parts/behaviour/behaviour-draft.ts'

/** Which of the values take part, and how each moves. */
export type BehaviourDrafts = Record<string, BehaviourDraft>

/** What is typed for when a policy sends; `at` in epoch milliseconds, the rest in seconds, null where nothing is typed. */
export interface WhenDraft { kind: PolicyWhen['kind'], at: number | null, intervalSec: number | null, durationSec: number | null }

/** The rhythm that a draft stands for; null while something is missing. */
export function readWhen({ kind, at, intervalSec, durationSec }: WhenDraft): PolicyWhen | null {
  if (kind === 'once')
    return at === null ? null : { kind, at: Math.round(at) }
  if (intervalSec === null || intervalSec < 0.01)
    return null
  return { kind, intervalMs: Math.round(intervalSec * 1000), durationMs: durationSec === null || durationSec <= 0 ? null : Math.round(durationSec * 1000) }
}

/** A rhythm as it would be typed; that of a new policy begins with every 5 s for a minute. */
export function whenDraftOf(when: PolicyWhen | undefined, now: number): WhenDraft {
  const fresh: WhenDraft = { kind: 'every', at: now + 60_000, intervalSec: 5, durationSec: 60 }
  if (when === undefined)
    return fresh
  return when.kind === 'once' ? { ...fresh, kind: 'once', at: when.at } : { ...fresh, intervalSec: when.intervalMs / 1000, durationSec: when.durationMs === null ? null : when.durationMs / 1000 }
}

/** The behaviours of a content as drafts, by name. */
export function behaviourDraftsOf(content: PolicyContent | undefined): BehaviourDrafts {
  return content === undefined || content.kind === 'publish' ? {} : Object.fromEntries(Object.entries(content.behaviours).map(([name, behaviour]) => [name, draftOf(behaviour)]))
}

/** The behaviours that drafts stand for; null while one of them is not complete. */
export function readBehaviours(drafts: Readonly<BehaviourDrafts>): Record<string, Behaviour> | null {
  const behaviours: Record<string, Behaviour> = {}
  for (const [name, draft] of Object.entries(drafts)) {
    const read = behaviourOf(draft)
    if (!read.ok)
      return null
    if (read.behaviour && read.behaviour.kind !== 'off')
      behaviours[name] = read.behaviour
  }
  return behaviours
}
