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

/** Letters of a word that are compared; nobody means a longer one. */
const lettersMax = 64

/** How many letters must be added, removed, replaced or swapped with the next to turn one word into the other (Levenshtein, with transpositions). */
function countChanges(wholeFrom: string, wholeTo: string): number {
  const from = wholeFrom.slice(0, lettersMax)
  const to = wholeTo.slice(0, lettersMax)
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      next.push(Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (isSame ? 0 : 1),
        isSwapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY,
      ))
    }
    before = row
    row = next
  }
  return row[to.length]!
}
