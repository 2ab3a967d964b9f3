import type { FleetCounters } from './messages.ts'
import { noConversation } from '../../shared/contract/fleet-conversation.ts'
import { noReports } from '../../shared/contract/fleet-report.ts'
import { noUpdates } from '../../shared/contract/fleet-updates.ts'

/** The counters of a fleet process that has not done anything yet. */
export function noCounters(): FleetCounters {
  return { online: 0, connecting: 0, everOnline: 0, published: 0, publishedQos1: 0, acknowledged: 0, replied: 0, repliedRefused: 0, skipped: 0, ...noConversation(), ...noUpdates(), ...noReports() }
}
