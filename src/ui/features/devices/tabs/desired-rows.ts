import type { DesiredValue } from '../../../../shared/contract/desired.ts'
import type { DataType } from '../../../../shared/thing-model/types.ts'
import type { ValueRow } from '../value-rows.ts'
import { sameValue } from './same-value.ts'

/** A property with what it shall be and what it is. */
export interface DesiredRow {
  identifier: string
  name: string
  dataType: DataType | null
  desired: DesiredValue | null
  reported: ValueRow['latest']
  /** `same` and `differs` only where there is something desired. */
  state: 'none' | 'same' | 'differs'
}

/** The properties of a device side by side with their desired values: what is desired first, each part in its order, so that a report moves no row. Pure. */
export function desiredRows(rows: readonly ValueRow[], desired: Readonly<Record<string, DesiredValue>>): DesiredRow[] {
  const known = new Set(rows.map(({ identifier }) => identifier))
  const others = Object.keys(desired).filter(identifier => !known.has(identifier)).map((identifier): ValueRow => ({ identifier, name: '', dataType: null, formerVersion: null, latest: null }))
  const all = [...rows, ...others].map(({ identifier, name, dataType, latest }): DesiredRow => {
    const wanted = desired[identifier] ?? null
    const state = wanted === null || wanted.value === null ? 'none' : latest !== null && sameValue(latest.value, wanted.value) ? 'same' : 'differs'
    return { identifier, name, dataType, desired: wanted, reported: latest, state }
  })
  return all.toSorted((a, b) => Number(a.state === 'none') - Number(b.state === 'none'))
}
