import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { ClonePoints, CloneProperty, CloneProposal } from '../../../shared/contract/clone.ts'

/** What a property of the fleet is to do: what was learned, exactly what was recorded, stand still, or say nothing. */
export type CloneChoice = 'learned' | 'asRecorded' | 'constant' | 'never'

/** What can be chosen for a property; a choice that is the same as what was learned is left out. */
export function choicesOf({ kind, asRecorded, constant }: CloneProperty): CloneChoice[] {
  return [
    'learned',
    ...asRecorded !== null && kind !== 'trace' ? ['asRecorded' as const] : [],
    ...constant !== null && kind !== 'constant' ? ['constant' as const] : [],
    ...kind === 'off' ? [] : ['never' as const],
  ]
}

/** The behaviours of a fleet with what has been chosen by hand, by property. */
export function behavioursOf({ settings, properties }: CloneProposal, chosen: Readonly<Record<string, CloneChoice>>): Record<string, Behaviour> {
  return Object.fromEntries(properties.map((property): [string, Behaviour] => {
    const learned = settings.behaviours[property.property]!
    switch (chosen[property.property]) {
      case 'asRecorded':
        return [property.property, property.asRecorded ?? learned]
      case 'constant':
        return [property.property, property.constant ?? learned]
      case 'never':
        return [property.property, { kind: 'off' }]
      default:
        return [property.property, learned]
    }
  }))
}

/** The curve of what has been chosen. */
export function curveOf({ generated, recorded, constant }: CloneProperty, choice: CloneChoice): ClonePoints {
  switch (choice) {
    case 'learned':
      return generated
    case 'asRecorded':
      return recorded
    case 'constant': {
      const value = constant?.kind === 'constant' ? constant.value : null
      const lastSec = Math.max(generated.at(-1)?.[0] ?? 0, recorded.at(-1)?.[0] ?? 0)
      return typeof value === 'number' ? [[0, value], [lastSec, value]] : []
    }
    case 'never':
      return []
  }
}

/** The scale that curves share: lowest and highest value, and the last second. */
export function scaleOf(...curves: ClonePoints[]): { low: number, high: number, spanSec: number } {
  let [low, high, spanSec] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const [sec, value] of curves.flat()) {
    low = Math.min(low, value)
    high = Math.max(high, value)
    spanSec = Math.max(spanSec, sec)
  }
  return low <= high ? { low, high, spanSec } : { low: 0, high: 0, spanSec: 0 }
}
