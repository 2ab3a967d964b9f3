import type { FleetStats } from '../../../../../src/shared/contract/fleet.ts'
import { expect, it } from 'vitest'
import { noConversation } from '../../../../../src/shared/contract/fleet-conversation.ts'
import { noLifeCounts } from '../../../../../src/shared/contract/fleet-life.ts'
import { noReports } from '../../../../../src/shared/contract/fleet-report.ts'
import { noUpdates } from '../../../../../src/shared/contract/fleet-updates.ts'
import { FigureHistory } from '../../../../../src/ui/features/fleet/figure-history.ts'

function stats(publishedPerSec: number, p99: number): FleetStats {
  return {
    connected: 0,
    connecting: 0,
    published: 0,
    acknowledged: 0,
    replied: 0,
    repliedRefused: 0,
    skipped: 0,
    publishedPerSec,
    conversation: noConversation(),
    updates: noUpdates(),
    replyMs: { p50: 0, p95: 0, p99: 0 },
    latencyMs: { p50: p99 / 2, p95: p99, p99 },
    latenessMs: { p50: 0, p95: 0, p99: 0 },
    errors: {},
    memoryBytes: 0,
    cpuPercents: [],
    queue: { bytes: 0, mostBytes: 0, fullDevices: 0 },
    processes: 1,
    steered: { away: 0, paced: 0, held: 0, weathered: 0 },
    network: { devices: 0, linksBroken: 0, dialsFailed: 0 },
    misdeeds: {},
    report: noReports(),
    life: noLifeCounts(),
  }
}

it('keeps rates, and latencies only where there was a publish to measure', () => {
  const history = new FigureHistory()
  history.add(1_000, stats(0, 0))
  history.add(2_000, stats(100, 8))
  const [rate, half] = history.read(['publishedPerSec', 'p50'], 0, 3_000, 100)
  expect([rate!.line, half!.line, history.firstAt]).toEqual([[0, 100], [4], 1_000])
  history.clear()
  expect(history.firstAt).toBeNull()
})
