import type { JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/**
 * What is wrong with the `params` of `thing/config/get`; null when nothing is. A device can ask for the file of its product only
 * (Alink 9). Never throws.
 */
export function parseConfigGet(params: JsonValue | undefined): { expected: string, got: JsonValue | undefined } | null {
  if (!isJsonObject(params))
    return { expected: '"params" to be {"configScope":"product","getType":"file"}', got: params }
  const { configScope, getType } = params
  if (configScope !== 'product')
    return { expected: '"configScope" to be "product"', got: configScope }
  return getType === 'file' ? null : { expected: '"getType" to be "file"', got: getType }
}
