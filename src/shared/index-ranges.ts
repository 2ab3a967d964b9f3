/** Stretches of things by index, both ends included. */
export type IndexRanges = readonly (readonly [first: number, last: number])[]

/** Sorts stretches and joins what overlaps or touches. */
export function joinRanges(ranges: IndexRanges): [first: number, last: number][] {
  const joined: [number, number][] = []
  for (const [first, last] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const before = joined.at(-1)
    if (before !== undefined && first <= before[1] + 1)
      before[1] = Math.max(before[1], last)
    else
      joined.push([first, last])
  }
  return joined
}

/** How many things there are in stretches that do not overlap. */
export function countInRanges(ranges: IndexRanges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}
