/** Why `filter` is not a topic filter as MQTT writes them (section 4.7.1), in words; null when it is one. */
export function filterProblem(filter: string): string | null {
  if (filter === '' || filter.includes('\0'))
    return 'a topic filter has at least one character and no U+0000'
  const levels = filter.split('/')
  for (const [index, level] of levels.entries()) {
    if (level.includes('#') && (level !== '#' || index !== levels.length - 1))
      return '"#" has to stand alone in the last level'
    if (level.includes('+') && level !== '+')
      return '"+" has to stand alone in its level'
  }
  return null
}

/** True when a message on `topic` belongs to a subscription of `filter` (MQTT 4.7). The filter must be well formed. */
export function matchesFilter(filter: string, topic: string): boolean {
  let filterAt = 0
  let topicAt = 0
  for (;;) {
    const filterEnd = levelEnd(filter, filterAt)
    const level = filter.slice(filterAt, filterEnd)
    if (level === '#')
      return true
    const topicEnd = levelEnd(topic, topicAt)
    if (level !== '+' && level !== topic.slice(topicAt, topicEnd))
      return false
    const filterDone = filterEnd === filter.length
    const topicDone = topicEnd === topic.length
    if (topicDone)
      // "a/#" also matches its parent "a" (4.7.1.2).
      return filterDone || filter.slice(filterEnd) === '/#'
    if (filterDone)
      return false
    filterAt = filterEnd + 1
    topicAt = topicEnd + 1
  }
}

function levelEnd(text: string, from: number): number {
  const slash = text.indexOf('/', from)
  return slash === -1 ? text.length : slash
}
