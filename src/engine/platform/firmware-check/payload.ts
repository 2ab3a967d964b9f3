import { isJsonObject } from '../../../shared/json.ts'

const utf8 = new TextDecoder()

/** The JSON object in a payload; empty when there is none. */
export function readObject(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(utf8.decode(payload))
    return isJsonObject(value) ? value : {}
  }
  catch {
    return {}
  }
}
