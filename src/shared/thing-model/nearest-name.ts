/** Longer names are not worth comparing: no model has them. */
const nameCharactersMax = 100

/** The known name that differs from `name` by case, or by at most two letters in a name of five or more. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > nameCharactersMax)
    return undefined
  const lower = name.toLowerCase()
  let nearest: string | undefined
  let least = name.length >= 5 ? 3 : 1
  for (const candidate of known) {
    const distance = editDistance(lower, candidate.toLowerCase(), least)
    if (distance < least) {
      least = distance
      nearest = candidate
    }
  }
  return nearest
}

/** Letters to insert, delete or replace to turn one text into the other; `limit` when there are at least that many. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit)
    return limit
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return Math.min(previous[b.length]!, limit)
}
