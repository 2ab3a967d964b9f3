import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { DataType } from '../../../shared/thing-model/types.ts'
import { defaultValue } from '../../../shared/thing-model/default-value.ts'

/** A value to set that the type allows and that, where there is another one, is not the present one. `now`: epoch milliseconds. */
export function sampleValue(dataType: DataType, present: JsonValue | undefined, now: number): JsonValue {
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double':
      return sampleNumber(dataType, present)
    case 'bool':
      return Number(present) === 1 ? 0 : 1
    case 'enum':
      return (dataType.items.find(({ value }) => value !== present) ?? dataType.items[0])?.value ?? 0
    case 'text':
      return present === 'on' ? 'off' : 'on'.slice(0, dataType.length ?? 2)
    case 'struct':
      return Object.fromEntries(dataType.members.map(({ identifier, dataType: member }) => [identifier, sampleValue(member, undefined, now)])) as JsonObject
    case 'array':
      return dataType.size === 0 ? [] : [sampleValue(dataType.item, undefined, now)]
    default:
      return defaultValue(dataType, now)
  }
}

/** The middle of the range, or one step beside it. */
function sampleNumber({ type, min = 0, max = 100, step = 1 }: Extract<DataType, { type: 'int' | 'float' | 'double' }>, present: JsonValue | undefined): number {
  const unit = step > 0 ? step : 1
  const steps = Math.floor((max - min) / unit / 2)
  const round = (value: number): number => type === 'int' ? Math.trunc(value) : Number(value.toFixed(6))
  const middle = round(min + steps * unit)
  const beside = round(middle + unit <= max ? middle + unit : middle - unit)
  return middle === present && beside >= min ? beside : middle
}
