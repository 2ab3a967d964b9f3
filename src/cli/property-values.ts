import type { ApiClient } from '../shared/contract/contract.ts'
import type { JsonObject, JsonValue } from '../shared/json.ts'
import type { DataTypeName, ThingModel } from '../shared/thing-model/types.ts'
import { isJsonObject } from '../shared/json.ts'
import { wireName } from '../shared/thing-model/method.ts'
import { parseThingModel } from '../shared/thing-model/parse.ts'
import { UsageError } from './command.ts'

/** The type of a property or parameter as the thing model has it; undefined when that is not known. */
export type TypeOf = (name: string) => DataTypeName | undefined

/** Types whose values stand as text in JSON, also when they look like a number. */
const textTypes: readonly (DataTypeName | undefined)[] = ['text', 'date', 'long']

/**
 * Reads values from a command line: `NAME=VALUE` words, or one JSON object. A value that the model calls text stays text;
 * any other is read as JSON if it is JSON. An empty value is null.
 * @throws UsageError naming the word that is wrong.
 */
export function readValues(words: readonly string[], typeOf: TypeOf): JsonObject {
  const [first] = words
  if (words.length === 1 && first?.trimStart().startsWith('{'))
    return readObject(first)
  return Object.fromEntries(words.map((word) => {
    const equals = word.indexOf('=')
    if (equals < 1)
      throw new UsageError(`Expected NAME=VALUE or one JSON object, got "${word}".`)
    const name = word.slice(0, equals)
    return [name, readValue(word.slice(equals + 1), typeOf(name))]
  }))
}

/** Reads one JSON object from the command line. @throws UsageError */
export function readObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  }
  catch (error) {
    throw new UsageError(`Expected a JSON object, got "${text}": ${(error as Error).message}.`)
  }
  if (!isJsonObject(value))
    throw new UsageError(`Expected a JSON object, got "${text}".`)
  return value
}

function readValue(text: string, type: DataTypeName | undefined): JsonValue {
  if (text === '')
    return null
  if (textTypes.includes(type) && text !== 'null')
    return text
  try {
    return JSON.parse(text) as JsonValue
  }
  catch {
    return text
  }
}

/** The types of a product's properties, custom modules included, by their names on the wire. */
export async function propertyTypes(client: ApiClient, productKey: string): Promise<TypeOf> {
  const { modelText, modules = [] } = await client.call('product.get', { productKey })
  const texts = await Promise.all(modules.map(async ({ functionBlockId }) => (await client.call('product.exportModel', { productKey, functionBlockId })).text))
  const models = [modelText, ...texts].flatMap(text => text === null ? [] : parseThingModel(text).model ?? [])
  const types = new Map(models.flatMap(typesOf))
  return name => types.get(name)
}

function typesOf({ properties, functionBlockId }: ThingModel): [string, DataTypeName][] {
  return properties.map(({ identifier, dataType }) => [wireName(identifier, functionBlockId), dataType.type])
}
