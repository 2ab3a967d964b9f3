import { describe, expect, it } from 'vitest'
import { parseFromProcess, parseToProcess } from '../../../../src/engine/fleet/messages.ts'
import { noConversation, quietConversation } from '../../../../src/shared/contract/fleet-conversation.ts'
import { defaultLife, noLifeCounts } from '../../../../src/shared/contract/fleet-life.ts'
import { noReports, plainReport } from '../../../../src/shared/contract/fleet-report.ts'
import { noUpdates, quietConfigConduct, quietUpdates } from '../../../../src/shared/contract/fleet-updates.ts'

const start = {
  kind: 'start',
  broker: { host: '127.0.0.1', port: 1883, tls: null },
  devices: [{ productKey: 'pk', deviceName: 'dn', deviceSecret: 's' }],
  intervalMs: 1000,
  qos: 1,
  connectPerSec: 100,
  conversation: quietConversation,
  updates: quietUpdates,
  config: quietConfigConduct,
  network: null,
  misbehaviour: [],
  report: plainReport,
  life: defaultLife,
  downloadsMax: 1,
  subDevices: null,
  behaviours: { x: { kind: 'sine', min: 0, max: 1, periodSec: 10 } },
  model: { profile: {}, properties: [], events: [], services: [] },
  handshakesMax: 90,
  spreadSources: false,
  seed: 1,
  durationMs: null,
  subscribe: false,
  version: '1',
  hashesTrace: false,
}

describe('messages between host and fleet process', () => {
  it('are taken when they are whole', () => {
    expect(parseToProcess(start)).toMatchObject({ ok: true, message: { behaviours: { x: { noise: 0 } } } })
    expect(parseToProcess({ kind: 'update', intervalMs: 5 })).toEqual({ ok: true, message: { kind: 'update', intervalMs: 5 } })
  })

  it('are refused with the field and what was wrong with it', () => {
    const problemOf = (value: unknown) => {
      const parsed = parseToProcess(value)
      return parsed.ok ? undefined : parsed.problem
    }
    expect(problemOf({ ...start, intervalMs: 0 })).toMatch(/intervalMs/)
    expect(problemOf({ ...start, devices: [{ productKey: 'pk' }] })).toMatch(/devices\[0\]\.deviceName/)
    expect(problemOf({ ...start, model: {} })).toMatch(/model/)
    expect(problemOf({ kind: 'dance' })).toBeDefined()
    expect(problemOf(null)).toBeDefined()
    expect(parseFromProcess({ kind: 'status' }).ok).toBe(false)
  })

  it('carry typed arrays back', () => {
    const status = {
      counters: { online: 1, connecting: 0, everOnline: 1, published: 1, publishedQos1: 1, acknowledged: 1, replied: 1, repliedRefused: 0, skipped: 0, ...noConversation(), ...noUpdates(), ...noReports() },
      latency: new Uint32Array(3),
      replies: new Uint32Array(3),
      lateness: new Uint32Array(3),
      errors: {},
      cells: new Uint8Array([2]),
      memoryBytes: 1,
      cpuPercent: 0,
      queue: { bytes: 0, mostBytes: 0, fullDevices: 0 },
      steered: { away: 0, paced: 0, held: 0, weathered: 0 },
      network: { devices: 0, linksBroken: 0, dialsFailed: 0 },
      misdeeds: {},
      life: noLifeCounts(),
    }
    expect(parseFromProcess({ kind: 'status', status })).toEqual({ ok: true, message: { kind: 'status', status } })
    expect(parseFromProcess({ kind: 'status', status: { ...status, cells: [2] } }).ok).toBe(false)
  })
})
