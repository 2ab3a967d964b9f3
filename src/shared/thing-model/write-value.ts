import type { JsonObject, JsonValue } from '../json.ts'
import type { DataType, Parameter } from './types.ts'
import { isJsonObject } from '../json.ts'

/**
 * A value as JSON text the way the cloud writes it into commands: a float or double has at least one decimal (`3.0`), so
 * that a device that picks a parser by the first digits takes it for what it is (Alink 4.4). A value that is not of its
 * type is written as it is.
 */
export function writeValue(dataType: DataType, value: JsonValue): string {
  switch (dataType.type) {
    case 'float':
    case 'double':
      return Number.isInteger(value) && !String(value).includes('e') ? `${String(value)}.0` : JSON.stringify(value)
    case 'long':
      // Digits as text are how a caller hands over what a JavaScript number cannot hold.
      return typeof value === 'string' && /^-?\d+$/.test(value) ? String(BigInt(value)) : JSON.stringify(value)
    case 'struct':
      return isJsonObject(value) ? writeValues(dataType.members, value) : JSON.stringify(value)
    case 'array':
      return Array.isArray(value) ? `[${value.map(item => writeValue(dataType.item, item)).join(',')}]` : JSON.stringify(value)
    default:
      return JSON.stringify(value)
  }
}

/** An object of parameters or struct members, in the order in which it was given. */
export function writeValues(parameters: readonly Parameter[], values: JsonObject): string {
  const types = new Map(parameters.map(({ identifier, dataType }) => [identifier, dataType]))
  return writeObject(values, name => types.get(name))
}

/** An object whose members have the types that `typeOf` names; one without a type is written as it is. */
export function writeObject(values: JsonObject, typeOf: (name: string) => DataType | undefined): string {
  const members = Object.entries(values).map(([name, value]) => {
    const dataType = typeOf(name)
    return `${JSON.stringify(name)}:${dataType === undefined ? JSON.stringify(value) : writeValue(dataType, value)}`
  })
  return `{${members.join(',')}}`
}
