import type { ProcessStatus } from '../../../../src/engine/fleet/messages.ts'
import { describe, expect, it } from 'vitest'
import { FleetFigures, resultOf } from '../../../../src/engine/fleet/fleet-figures.ts'
import { Histogram } from '../../../../src/engine/fleet/histogram.ts'
import { noConversation } from '../../../../src/shared/contract/fleet-conversation.ts'
import { noLifeCounts } from '../../../../src/shared/contract/fleet-life.ts'
import { noReports } from '../../../../src/shared/contract/fleet-report.ts'
import { noUpdates } from '../../../../src/shared/contract/fleet-updates.ts'

function status(counters: Partial<ProcessStatus['counters']>, latenciesMs: number[] = [], errors: Record<string, number> = {}): ProcessStatus {
  const latency = new Histogram()
  latenciesMs.forEach(ms => latency.record(ms))
  return {
    counters: { online: 0, connecting: 0, everOnline: 0, published: 0, publishedQos1: 0, acknowledged: 0, replied: 0, repliedRefused: 0, skipped: 0, ...noConversation(), ...noUpdates(), ...noReports(), ...counters },
    latency: latency.counts,
    replies: new Histogram().counts,
    lateness: new Histogram().counts,
    errors,
    steered: { away: 0, paced: 0, held: 0, weathered: 0 },
    network: { devices: 0, linksBroken: 0, dialsFailed: 0 },
    misdeeds: {},
    life: noLifeCounts(),
    cells: null,
    memoryBytes: 1000,
    cpuPercent: 40,
    queue: { bytes: 300, mostBytes: 200, fullDevices: 1 },
  }
}

describe('figures of a fleet', () => {
  it('add up what the weather, bad devices and lives did', () => {
    const one = { ...status({}), network: { devices: 3, linksBroken: 2, dialsFailed: 1 }, misdeeds: { oversized: { sent: 2, taken: 0, refused: 0 } }, life: { ...noLifeCounts(), off: 1, reboots: 2 } }
    const other = { ...status({}), network: { devices: 1, linksBroken: 0, dialsFailed: 0 }, misdeeds: { oversized: { sent: 1, taken: 0, refused: 0 }, wrongType: { sent: 3, taken: 1, refused: 2 } }, life: { ...noLifeCounts(), dead: 3, reboots: 1 } }
    expect(new FleetFigures().toStats([one, other], [30, 50], 0)).toMatchObject({
      network: { devices: 4, linksBroken: 2, dialsFailed: 1 },
      misdeeds: { oversized: { sent: 3, taken: 0, refused: 0 }, wrongType: { sent: 3, taken: 1, refused: 2 } },
      life: { ...noLifeCounts(), off: 1, dead: 3, reboots: 3 },
    })
  })

  it('add up over its processes', () => {
    const stats = new FleetFigures().toStats([
      status({ online: 3, published: 10, acknowledged: 9 }, [], { 'nothing listens': 1 }),
      status({ online: 4, published: 20, acknowledged: 20, replied: 20, repliedRefused: 2 }, [], { 'nothing listens': 2, 'other': 1 }),
    ], [30, 50], 0)
    expect(stats).toMatchObject({ cpuPercents: [30, 50], queue: { bytes: 600, mostBytes: 200, fullDevices: 2 }, connected: 7, published: 30, acknowledged: 29, replied: 20, repliedRefused: 2, memoryBytes: 2000, processes: 2, errors: { 'nothing listens': 3, 'other': 1 } })
  })

  it('tell the rate of the last two seconds, not of the whole run', () => {
    const figures = new FleetFigures()
    const rates = [0, 1000, 2000, 3000, 4000, 5000].map(at => figures.toStats([status({ published: Math.min(at, 3000) })], [40], at).publishedPerSec)
    expect(rates).toEqual([0, 1000, 1000, 1000, 500, 0])
  })

  it('tell the latency of the last ten seconds, and of the whole run while nothing was measured since', () => {
    const figures = new FleetFigures()
    figures.toStats([status({}, [500, 500])], [40], 0)
    expect(figures.toStats([status({}, [500, 500, 1, 1])], [40], 9_000).latencyMs.p99).toBeCloseTo(1, 1)
    expect(figures.toStats([status({}, [500, 500, 1, 1, 2])], [40], 20_000).latencyMs.p99).toBeCloseTo(2, 1)
    expect(figures.toStats([status({}, [500, 500, 1, 1, 2])], [40], 40_000).latencyMs.p99).toBeCloseTo(500, -1)
  })

  it('count QoS 1 posts without an acknowledgement as lost, and QoS 0 posts never', () => {
    expect(resultOf([status({ everOnline: 5, published: 12, publishedQos1: 10, acknowledged: 7 }, [1])])).toMatchObject({ connected: 5, published: 12, acknowledged: 7, lost: 3, errors: {} })
  })
})
