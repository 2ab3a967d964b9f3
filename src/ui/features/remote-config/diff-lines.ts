/** A line of a comparison: in both texts, only in the old one or only in the new one. */
export interface DiffLine { kind: 'same' | 'gone' | 'added', text: string }

/** Beyond this many pairs of lines the middle of two texts counts as replaced as a whole. */
const pairsMax = 4_000_000

/** Compares two texts line by line: the fewest lines gone and added (longest common subsequence). */
export function diffLines(from: string, to: string): DiffLine[] {
  const old = from.split('\n')
  const now = to.split('\n')
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start])
    start += 1
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end))
    end += 1
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [
    ...old.slice(0, start).map(same),
    ...diffMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map(same),
  ]
}

function diffMiddle(old: readonly string[], now: readonly string[]): DiffLine[] {
  const isTooLong = old.length * now.length > pairsMax
  const width = now.length + 1
  // How many lines the rests of both from a pair of lines on have in common.
  const common = new Uint32Array(isTooLong ? 0 : (old.length + 1) * width)
  const at = (a: number, b: number): number => common[a * width + b] ?? 0
  for (let a = isTooLong ? -1 : old.length - 1; a >= 0; a--) {
    for (let b = now.length - 1; b >= 0; b--)
      common[a * width + b] = old[a] === now[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1))
  }
  const lines: DiffLine[] = []
  let a = 0
  let b = 0
  while (a < old.length || b < now.length) {
    if (!isTooLong && a < old.length && b < now.length && old[a] === now[b]) {
      lines.push({ kind: 'same', text: old[a]! })
      a += 1
      b += 1
    }
    else if (a < old.length && (b === now.length || isTooLong || at(a + 1, b) >= at(a, b + 1))) {
      lines.push({ kind: 'gone', text: old[a]! })
      a += 1
    }
    else {
      lines.push({ kind: 'added', text: now[b]! })
      b += 1
    }
  }
  return lines
}
