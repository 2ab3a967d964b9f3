import type { LatestValue } from '../../../shared/contract/device.ts'
import type { FormerProperty } from '../../../shared/contract/model.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { DataType } from '../../../shared/thing-model/types.ts'

export interface ValueRow {
  identifier: string
  name: string
  /** Of the value that is shown; null for what no version of the thing model that is kept has ever defined. */
  dataType: DataType | null
  /** The last version whose type the value has, when the thing model no longer has the property, or has it with another type. */
  formerVersion: string | null
  latest: LatestValue | null
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
