const utf8 = new TextDecoder()

/** Whether a parsed JSON value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON object in a payload; empty when there is none. */
export function readObject(payload: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(utf8.decode(payload))
    return isRecord(value) ? value : {}
  }
  catch {
    return {}
  }
}
