import type { FleetStats } from '../../shared/contract/fleet.ts'
import { noConversation } from '../../shared/contract/fleet-conversation.ts'
import { noLifeCounts } from '../../shared/contract/fleet-life.ts'
import { noNetworkCounts } from '../../shared/contract/fleet-network.ts'
import { noReports } from '../../shared/contract/fleet-report.ts'
import { noUpdates } from '../../shared/contract/fleet-updates.ts'

/** The figures of a fleet that has not run yet. */
export function emptyFleetStats(): FleetStats {
  const none = { p50: 0, p95: 0, p99: 0 }
  return {
    connected: 0,
    connecting: 0,
    published: 0,
    acknowledged: 0,
    replied: 0,
    repliedRefused: 0,
    skipped: 0,
    publishedPerSec: 0,
    conversation: noConversation(),
    updates: noUpdates(),
    latencyMs: none,
    replyMs: none,
    latenessMs: none,
    errors: {},
    memoryBytes: 0,
    processes: 0,
    cpuPercents: [],
    queue: { bytes: 0, mostBytes: 0, fullDevices: 0 },
    steered: { away: 0, paced: 0, held: 0, weathered: 0 },
    network: noNetworkCounts(),
    misdeeds: {},
    report: noReports(),
    life: noLifeCounts(),
  }
}
