import type { EventCondition } from '../../../shared/contract/fleet-conversation.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { wireName } from '../../../shared/thing-model/method.ts'
import { checkExpression } from '../behaviour/check-behaviours.ts'
import { isBanded } from './said-values.ts'

const namesTold = 20

/** What a policy and conditions say of a thing model. */
export interface ReportNames {
  deadBands?: Readonly<Record<string, number>> | undefined
  conditions?: Readonly<Record<string, EventCondition>> | undefined
}

/**
 * Checks what only the thing model can tell: that dead bands are of properties with numbers, and that conditions are of
 * events that there are and look at properties that there are. `subject` is what they are for.
 * @throws AppError input/invalid, with field and column.
 */
export function checkReportNames({ deadBands = {}, conditions = {} }: ReportNames, { properties, events, functionBlockId }: ThingModel, subject: string): void {
  const wireNames = (members: readonly { identifier: string }[]): string[] => members.map(({ identifier }) => wireName(identifier, functionBlockId))
  const demand = (name: string, known: readonly string[], path: string, what: string): void => {
    if (known.includes(name) || known.includes(wireName(name, functionBlockId)))
      return
    const expected = known.length === 0 ? `no ${what}, because the thing model has none` : `the name of ${what === 'events' ? 'an event' : 'a property with a number'}: one of ${known.slice(0, namesTold).join(', ')}`
    throw new AppError('input/invalid', `${subject}: ${path}: expected ${expected}; got ${JSON.stringify(name)}.`, { issues: [{ path, expected, got: name }] })
  }
  const banded = wireNames(properties.filter(({ dataType }) => isBanded(dataType.type)))
  for (const name of Object.keys(deadBands))
    demand(name, banded, `report.deadBands.${name}`, 'properties with numbers')
  const keys = new Set(wireNames(properties))
  for (const [name, { when }] of Object.entries(conditions)) {
    demand(name, wireNames(events), `conversation.events.conditions.${name}`, 'events')
    checkExpression(when, keys, functionBlockId === undefined ? '' : wireName('', functionBlockId), { subject, path: `conversation.events.conditions.${name}.when` })
  }
}
