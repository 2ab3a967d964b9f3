/** A number from 0 to 2³² − 1 that follows from a seed and a text alone. */
export function hashOf(seed: number, text: string): number {
  let hash = seed ^ 0x9E37_79B9
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x85EB_CA6B) ^ (hash >>> 13)
  hash = Math.imul(hash ^ (hash >>> 16), 0xC2B2_AE35)
  hash = Math.imul(hash ^ (hash >>> 13), 0x27D4_EB2F)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * So great a share of some devices, at least one: those whose name, with the seed and the action, draws the lowest numbers.
 * The same seed, action and names give the same devices; they keep the order they had.
 */
export function chooseDevices(names: readonly string[], share: number, seed: number, action: string): string[] {
  if (share >= 1 || names.length === 0)
    return [...names]
  const count = Math.min(names.length, Math.max(1, Math.round(names.length * share)))
  const drawn = names.map((name, index) => ({ index, number: hashOf(seed, `${action}/${name}`) })).sort((a, b) => a.number - b.number || a.index - b.index)
  return drawn.slice(0, count).map(({ index }) => index).sort((a, b) => a - b).map(index => names[index]!)
}
