import type { LatestValue } from '../../../shared/contract/device.ts'
import type { FormerProperty } from '../../../shared/contract/model.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { DataType } from '../../../shared/thing-model/types.ts'
import { isJsonObject } from '../../../shared/json.ts'

export interface ValueRow {
  /** On the wire; of a member of a struct, `property.member`. */
  identifier: string
  name: string
  /** Of the value that is shown; null for what no version of the thing model that is kept has ever defined. */
  dataType: DataType | null
  /** The last version whose type the value has, when the thing model no longer has the property, or has it with another type. */
  formerVersion: string | null
  latest: LatestValue | null
}

/** The property that a row is of, and the way to the member that it is of. */
export function pathOf(identifier: string): { property: string, members: string[] } {
  const [property = '', ...members] = identifier.split('.')
  return { property, members }
}

/** The rows of a struct's members; none of anything else. */
export function memberRows({ identifier, dataType, formerVersion, latest }: ValueRow): ValueRow[] {
  if (dataType?.type !== 'struct')
    return []
  const held = latest !== null && isJsonObject(latest.value) ? latest.value : {}
  return dataType.members.map((member): ValueRow => {
    const value = held[member.identifier]
    return { identifier: `${identifier}.${member.identifier}`, name: member.name, dataType: member.dataType, formerVersion, latest: value === undefined || latest === null ? null : { value, time: latest.time } }
  })
}

/** Rows with the members of those structs that are open, each behind its struct, whatever the depth. */
export function withMembers(rows: readonly ValueRow[], isOpen: (identifier: string) => boolean): ValueRow[] {
  return rows.flatMap(row => isOpen(row.identifier) ? [row, ...withMembers(memberRows(row), isOpen)] : [row])
}

/**
 * A device's properties as a table shows them: those of the model in its order, custom modules after the default one, then
 * values of what the model does not have. A value from before its property went or became something else is told as what it was.
 */
export function valueRows(model: CompiledModel, former: ReadonlyMap<string, FormerProperty>, latest: Readonly<Record<string, LatestValue>>): ValueRow[] {
  const defined = Array.from(model.properties, ([identifier, { property: { name, dataType }, check }]): ValueRow => {
    const value = latest[identifier] ?? null
    const before = former.get(identifier)
    return before === undefined || value === null || check(value.value, false, [])
      ? { identifier, name, dataType, formerVersion: null, latest: value }
      : { identifier, name, dataType: before.dataType, formerVersion: before.version, latest: value }
  })
  const others = Object.entries(latest).filter(([identifier]) => !model.properties.has(identifier)).map(([identifier, value]): ValueRow => {
    const { name = '', dataType = null, version = null } = former.get(identifier) ?? {}
    return { identifier, name, dataType, formerVersion: version, latest: value }
  })
  return [...defined, ...others]
}
