import type { EventCondition } from '../../../shared/contract/fleet-conversation.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import { parseExpression } from '../../../shared/behaviour/expression.ts'
import { eventConditionSchema } from '../../../shared/contract/fleet-conversation.ts'
import { wireName } from '../../../shared/thing-model/method.ts'

/** When an event is reported because of values, while it is written; without an expression: never. */
export interface ConditionDraft extends Pick<EventCondition, 'mode'> {
  when: string
  afterSec: number | null
  everySec: number | null
  /** Kept as it is: only the command line sets it. */
  utcOffsetMin?: number | undefined
}

export const emptyCondition: ConditionDraft = { when: '', afterSec: 0, everySec: 0, mode: 'edge' }

/** Conditions as drafts. */
export function conditionDrafts(conditions: Readonly<Record<string, EventCondition>>): Record<string, ConditionDraft> {
  return Object.fromEntries(Object.entries(conditions).map(([event, condition]) => [event, { ...condition }]))
}

/** What drafts say, for the contract to check. */
export function conditionsOf(drafts: Readonly<Record<string, ConditionDraft>>): Record<string, object> {
  return Object.fromEntries(Object.entries(drafts).filter(([, { when }]) => when.trim() !== '').map(([event, { when, ...rest }]) => [event, { when: when.trim(), ...rest }]))
}

/** What is wrong with a draft; null when nothing, or when there is none. */
export function conditionProblem(draft: ConditionDraft): { kind: 'expression', column: number, problem: string } | { kind: 'times' } | null {
  const { when } = draft
  if (when.trim() === '')
    return null
  const parsed = parseExpression(when.trim())
  if (!parsed.ok)
    return { kind: 'expression', column: parsed.column, problem: parsed.problem }
  return eventConditionSchema.safeParse({ ...draft, when: when.trim() }).success ? null : { kind: 'times' }
}

/** The events of a model, and others that have a condition, so that it can be taken away. */
export function conditionNames(model: ThingModel | null, drafts: Readonly<Record<string, ConditionDraft>>): { key: string, name: string }[] {
  const known = (model?.events ?? []).map(({ identifier, name }) => ({ key: wireName(identifier, model?.functionBlockId), name }))
  const others = Object.entries(drafts).filter(([event, { when }]) => when !== '' && !known.some(({ key }) => key === event))
  return [...known, ...others.map(([key]) => ({ key, name: key }))]
}
