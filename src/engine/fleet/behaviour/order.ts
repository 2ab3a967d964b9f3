/**
 * An order in which what is looked at comes before what looks at it: `looksAt` holds for each place the places it looks at.
 * Otherwise the order stays; a circle is broken where it is met first.
 */
export function orderOf(looksAt: readonly (readonly number[])[]): number[] {
  const order: number[] = []
  const seen = new Set<number>()
  const visit = (place: number): void => {
    if (seen.has(place))
      return
    seen.add(place)
    looksAt[place]?.forEach(visit)
    order.push(place)
  }
  looksAt.forEach((_, place) => visit(place))
  return order
}
