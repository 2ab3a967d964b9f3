/** The known word that a mistyped one was most likely meant to be; undefined when none is near. */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  const changesMax = Math.max(1, Math.floor(word.length / 3))
  return known
    .map(candidate => ({
      candidate,
      changes: countChanges(word, candidate),
    }))
    .filter(({ changes }) => changes <= changesMax)
    .sort((a, b) => a.changes - b.changes)[0]
    ?.candidate
}

/** How many letters must be added, removed or replaced to turn one word into the other (Levenshtein). */
function countChanges(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1]
        ? 0
        : 1)))
    }
    row = next
  }
  return row[to.length]!
}
