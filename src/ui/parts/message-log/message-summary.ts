import type { TraceRow } from '../../../shared/contract/trace.ts'

/** A topic without the identity that stands beside it: `/sys/pk/dn/thing/event/property/post` → `thing/event/property/post`. */
export function shortTopic(row: Pick<TraceRow, 'topic' | 'productKey' | 'deviceName'>): string {
  const { topic, productKey, deviceName } = row
  if (productKey === '' || deviceName === '')
    return topic
  const sys = `/sys/${productKey}/${deviceName}/`
  if (topic.startsWith(sys))
    return topic.slice(sys.length)
  return topic.replace(`/${productKey}/${deviceName}`, '/…')
}

const paramsStart = /"params"\s*:\s*\{/
const replyCode = /"code"\s*:\s*(-?\d+)/
const replyMessage = /"message"\s*:\s*"([^"]*)"/

/**
 * The start of a payload in the fewest words: what a report carries, or the code and message of a reply. Works on a
 * preview that was cut in the middle, so it reads text rather than JSON; what it does not know it shows as it is.
 */
export function messageSummary(preview: string): string {
  const start = paramsStart.exec(preview)
  if (start)
    return memberList(preview.slice(start.index + start[0].length))
  const code = replyCode.exec(preview)
  if (code) {
    const message = replyMessage.exec(preview)?.[1]
    return message === undefined ? code[1]! : `${code[1]} ${message}`
  }
  const object = /^\s*\{/.exec(preview)
  return object ? memberList(preview.slice(object[0].length)) : preview.replace(/\s+/g, ' ')
}

/** The start of a record of the platform: its sentence where it has one, and not the moment that stands beside it. */
export function recordSummary(preview: string): string {
  return messageSummary(preview).replace(/^message "(.*?)"/, '$1').replace(/^connectedAt \d+ · /, '')
}

/** The members of an object from behind its brace: `"a":1,"b":{"value":2}}…` → `a 1 · b 2`. */
function memberList(text: string): string {
  const members: string[] = []
  let depth = 0
  let inText = false
  let from = 0
  let at = 0
  const close = (end: number): void => {
    const member = memberText(text.slice(from, end))
    if (member !== '')
      members.push(member)
    from = end + 1
  }
  for (; at < text.length; at++) {
    const letter = text[at]!
    if (letter === '"' && text[at - 1] !== '\\')
      inText = !inText
    if (inText)
      continue
    if (letter === '{' || letter === '[')
      depth++
    else if (letter === ']' || (letter === '}' && depth > 0))
      depth--
    else if (letter === '}')
      break
    else if (letter === ',' && depth === 0)
      close(at)
  }
  close(at)
  return `${members.join(' · ')}${at === text.length ? '…' : ''}`
}

function memberText(member: string): string {
  const text = member.trim()
  const nameEnd = text.startsWith('"') ? text.indexOf('"', 1) : -1
  const colon = nameEnd < 0 ? -1 : text.indexOf(':', nameEnd)
  if (colon < 0)
    return text
  return `${text.slice(1, nameEnd)} ${withoutTime(text.slice(colon + 1).trim())}`
}

/** The value alone where it comes with its time (`{"value":21.5,"time":…}`, in either order). */
function withoutTime(value: string): string {
  const inner = value.startsWith('{') && value.endsWith('}') ? value.slice(1, -1).trim() : ''
  const timeLast = /,\s*"time"\s*:\s*\d+$/.exec(inner)
  const timeFirst = /^"time"\s*:\s*\d+\s*,/.exec(inner)
  const rest = timeLast ? inner.slice(0, timeLast.index) : timeFirst ? inner.slice(timeFirst[0].length).trim() : ''
  const named = /^"value"\s*:/.exec(rest)
  return named ? rest.slice(named[0].length).trim() : value.replace(/\s+/g, ' ')
}

/** The path in a payload's tree that an issue of its verdict speaks of: `Position.latitude` → `/params/Position/latitude`. */
export function issuePaths(path: string): string[] {
  if (path === '')
    return []
  const [first = '', ...rest] = path.replace(/\[(\d+)\]/g, '.$1').split('.')
  const tail = rest.map(part => `/${part}`).join('')
  return [`/params/${first}${tail}`, `/params/${first}/value${tail}`]
}
