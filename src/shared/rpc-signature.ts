/** Percent-encodes as RFC 3986 has it: only letters, digits and `-_.~` stay. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Parameters as `name=value&…`, encoded and in the order of their names, as both signatures of the gateway take them. */
export function canonicalQuery(parameters: ReadonlyMap<string, string>): string {
  return [...parameters]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** What the cloud's RPC gateway signs with HMAC-SHA1 (version 1.0), keyed with the secret and `&`: the method and all parameters but the signature itself. */
export function rpcStringToSign(method: string, parameters: ReadonlyMap<string, string>): string {
  const others = new Map(parameters)
  others.delete('Signature')
  return `${method}&%2F&${percentEncode(canonicalQuery(others))}`
}
