import type { DeviceCommand } from '../contract/device-command.ts'
import type { DeviceLogLine } from '../contract/device-log.ts'
import type { DeviceEvent } from '../contract/event.ts'
import type { Conversation, RadioQuality, Replies } from '../contract/fleet-conversation.ts'
import type { NetworkStatus } from '../contract/network-status.ts'
import type { Reason } from './words.ts'
import { quietConversation, simulatedLogLevels } from '../contract/fleet-conversation.ts'
import { differences, quantile, tidy } from './series.ts'

/** A part of what a fleet says and answers, and why it is so. */
export interface LearnedTrait<Settings> { settings: Settings, reason: Reason }

const delayMsMax = 600_000
const namesToldMax = 8
/** From this signal on, in dBm, a radio is good, and fair. */
const goodFromDbm = -61
const fairFromDbm = -75
const okCode = 200

/** How a device answers, from the commands of the span. */
export function learnReplies(commands: readonly DeviceCommand[]): LearnedTrait<Replies> {
  const answered = commands.flatMap(command => command.state === 'answered' && command.answeredAt !== null ? [{ code: command.code ?? okCode, delayMs: Math.max(0, command.answeredAt - command.at) }] : [])
  const silent = commands.filter(({ state }) => state === 'unanswered').length
  const count = answered.length + silent
  if (count === 0)
    return { settings: quietConversation.replies, reason: { rule: 'noCommands', values: {} } }
  if (silent > answered.length)
    return { settings: { ...quietConversation.replies, mode: 'silent' }, reason: { rule: 'unanswered', values: { count, silent } } }
  const delays = answered.map(({ delayMs }) => delayMs)
  const [from, to] = [quantile(delays, 0), quantile(delays, 1)].map(delay => Math.min(delayMsMax, Math.round(delay))) as [number, number]
  const delay = { delayMsMin: from, delayMsMax: to }
  const refusals = answered.filter(({ code }) => code !== okCode).map(({ code }) => code)
  if (2 * refusals.length > answered.length) {
    const code = quantile(refusals, 0.5)
    return { settings: { ...quietConversation.replies, ...delay, mode: 'refuse', code }, reason: { rule: 'refused', values: { count: answered.length, from, to, code } } }
  }
  return { settings: { ...quietConversation.replies, ...delay }, reason: { rule: 'replies', values: { count: answered.length, from, to, median: Math.round(quantile(delays, 0.5)) } } }
}

/** How often a device reports which event; `hours` is how long it was watched. */
export function learnEvents(events: readonly DeviceEvent[], hours: number): LearnedTrait<Conversation['events']> {
  const counts = new Map<string, number>()
  for (const { event } of events)
    counts.set(event, (counts.get(event) ?? 0) + 1)
  const rates = [...counts].map(([event, count]): [string, number] => [event, perHourOf(count, hours)])
  return {
    settings: { perHour: 0, ratesPerHour: Object.fromEntries(rates), conditions: {} },
    reason: events.length === 0
      ? { rule: 'noEvents', values: {} }
      : { rule: 'events', values: { count: events.length, hours: tidy(hours, 3), words: rates.slice(0, namesToldMax).map(([event, perHour]) => `${event} ${perHour}/h`).join(', ') } },
  }
}

/** How many lines of its own log a device reports and from which level on; undefined where there are none. */
export function learnLogs(lines: readonly Pick<DeviceLogLine, 'level'>[], hours: number): LearnedTrait<Conversation['logs']> | undefined {
  if (lines.length === 0)
    return undefined
  const level = simulatedLogLevels.find(known => lines.some(line => line.level === known)) ?? 'DEBUG'
  const perHour = perHourOf(lines.length, hours)
  return { settings: { perHour, level, obeySwitch: true }, reason: { rule: 'logs', values: { count: lines.length, perHour, level } } }
}

/** How often and how well a device's radio is heard; undefined for fewer than two reports. */
export function learnNetworkStatus(statuses: readonly Pick<NetworkStatus, 'reportedAt' | 'collectedAt' | 'rssiDbm'>[]): LearnedTrait<Conversation['networkStatus']> | undefined {
  const gaps = differences(statuses.map(({ reportedAt, collectedAt }) => collectedAt ?? reportedAt).toSorted((a, b) => a - b)).filter(gap => gap > 0)
  if (gaps.length === 0)
    return undefined
  const rssi = quantile(statuses.flatMap(({ rssiDbm }) => rssiDbm ?? []), 0.5)
  const everySec = Math.min(86_400, Math.max(1, tidy(quantile(gaps, 0.5) / 1000)))
  const quality: RadioQuality = rssi >= goodFromDbm ? 'good' : rssi >= fairFromDbm ? 'fair' : 'poor'
  return { settings: { everySec, quality }, reason: { rule: 'networkStatus', values: { seconds: everySec, quality, rssi: Math.round(rssi) } } }
}

function perHourOf(count: number, hours: number): number {
  return Math.min(360_000, tidy(count / hours, 3))
}
