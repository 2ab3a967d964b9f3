/**
 * How well a text answers what was typed: all letters in order; whole words and starts of words weigh more. Null when it
 * does not answer; larger is better.
 */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.trim().toLowerCase()
  const given = text.toLowerCase()
  if (wanted === '')
    return 0
  const straight = given.indexOf(wanted)
  if (straight >= 0)
    return 1_000 - straight + (straight === 0 || /[\s\-_.:/]/.test(given[straight - 1]!) ? 500 : 0) - given.length / 100
  let from = 0
  let score = 0
  for (const letter of wanted.replaceAll(' ', '')) {
    const at = given.indexOf(letter, from)
    if (at < 0)
      return null
    score += at === from ? 3 : /[\s\-_.:/]/.test(given[at - 1] ?? ' ') ? 2 : 0
    from = at + 1
  }
  return score - given.length / 100
}
