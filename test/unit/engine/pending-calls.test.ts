import type { PendingCalls } from '../../../src/engine/pending-calls.ts'
import type { DeviceCall, DownlinkMessage, UpMessage } from '../../../src/engine/platform/feature.ts'
import type { TraceEntry } from '../../../src/engine/store/types.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { createPendingCalls } from '../../../src/engine/pending-calls.ts'
import { createTraceKeeper } from '../../../src/engine/trace-keeper.ts'
import { parseTopic } from '../../../src/shared/alink/topic.ts'
import { VirtualClock } from '../../../src/shared/clock.ts'
import { explainDetail } from '../../../src/shared/contract/trace-detail.ts'
import { Announcer } from '../../../src/shared/feed.ts'
import { limits } from '../../../src/shared/limits.ts'
import { silentLog } from '../../../src/shared/log.ts'

const device = { deviceId: 7, productKey: 'a1', deviceName: 'lamp' }
const topic = '/sys/a1/lamp/thing/service/property/set'

interface Bench {
  clock: VirtualClock
  calls: PendingCalls
  sent: DownlinkMessage[]
  kept: TraceEntry[]
  amended: { id: number, code: number | null }[]
  problem: { code: number, message: string } | null
}

function startBench(): Bench {
  const clock = new VirtualClock()
  const bench: Omit<Bench, 'calls'> = { clock, sent: [], kept: [], amended: [], problem: null }
  const calls = createPendingCalls({
    clock,
    log: silentLog,
    trace: createTraceKeeper({
      append: (entry) => {
        bench.kept.push(entry)
        return 1000 + bench.kept.length
      },
      amend: (id, { code }) => void bench.amended.push({ id, code }),
    }, new Announcer()),
    downlink: { send: (_deviceId, message, _cause, onResult) => {
      if (message.topic.endsWith('/gone'))
        onResult?.('offline', { code: 9201, message: 'gone' })
      return bench.sent.push(message)
    } },
    unreachable: () => bench.problem,
    speaksFor: (deviceId, subDeviceId) => deviceId === 90 && subDeviceId === device.deviceId,
  })
  return Object.assign(bench, { calls })
}

function callOf(id: string | null, wish: Partial<DeviceCall> = {}): DeviceCall {
  return {
    device,
    operation: 'SetDeviceProperty',
    message: { topic, payload: Buffer.from('{}') },
    answerTopic: `${topic}_reply`,
    id,
    timeoutMs: 8_000,
    method: 'thing.service.property.set',
    judge: payload => ({ code: 200, message: 'success', data: Buffer.from(payload).toString(), issues: [] }),
    ...wish,
  }
}

function answer({ calls, clock }: Bench, text: string, { deviceId = 7, on = `${topic}_reply` } = {}) {
  const message = { device: { ...device, deviceId }, topic: parseTopic(on), topicText: on, payload: Buffer.from(text), receivedAt: clock.now() } as UpMessage
  const handler = calls.handlers[message.topic.kind as 'property.set'] as (message: UpMessage) => ReturnType<NonNullable<typeof calls.handlers['property.set']>>
  return handler(message)
}

describe('ids', () => {
  it('have nineteen digits, grow, and go on growing when the clock steps back or stands still', () => {
    const { calls, clock } = startBench()
    const ids = [calls.nextId(), calls.nextId()]
    clock.advance(5)
    ids.push(calls.nextId())
    Object.assign(clock, { now: () => 1_000_000_000_000 })
    ids.push(calls.nextId(), calls.nextId())
    expect(ids.every(id => /^\d{19}$/.test(id))).toBe(true)
    expect(ids.map(BigInt)).toEqual([...ids.map(BigInt)].sort((a, b) => a < b ? -1 : 1))
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a call', () => {
  it('is answered by topic and id, and the row of the answer names the command as its cause', async () => {
    const bench = startBench()
    const { traceId, result } = bench.calls.send(callOf('12'))
    expect(answer(bench, '{"id":"12","code":200}')).toMatchObject({ code: 200, causeId: traceId })
    await expect(result).resolves.toMatchObject({ code: 200, data: '{"id":"12","code":200}', at: bench.clock.now() })
    expect(bench.calls.count()).toBe(0)
    bench.clock.advance(10_000)
    expect(bench.amended).toEqual([])
  })

  it('takes an id that comes back as a number', async () => {
    const bench = startBench()
    const { result } = bench.calls.send(callOf('12'))
    expect(answer(bench, '{"id":12,"code":200}').code).toBe(200)
    await expect(result).resolves.toMatchObject({ code: 200 })
  })

  it('fails when its time is over, not a millisecond earlier, and its row says so', async () => {
    const bench = startBench()
    const { result, traceId } = bench.calls.send(callOf('12'))
    bench.clock.advance(7_999)
    expect(bench.calls.count()).toBe(1)
    bench.clock.advance(1)
    await expect(result).rejects.toMatchObject({ code: 'device/no-reply', details: { platformCode: 1905 } })
    expect(bench.amended).toEqual([{ id: traceId, code: 1905 }])
    const late = answer(bench, '{"id":"12","code":200}')
    expect(late).toMatchObject({ code: 1904, causeId: traceId })
    expect(explainDetail(1904, late.detail)).toContain('8 s')
  })

  it('is not answered by another device, another topic or another id', () => {
    const bench = startBench()
    bench.calls.send(callOf('12'))
    expect(answer(bench, '{"id":"12","code":200}', { deviceId: 8 })).toMatchObject({ code: 1904 })
    expect(answer(bench, '{"id":"12","code":200}', { on: '/sys/a1/lamp/thing/service/Blink_reply' })).toMatchObject({ code: 1904 })
    expect(answer(bench, '{"id":"13","code":200}')).not.toHaveProperty('causeId')
    expect(bench.calls.count()).toBe(1)
  })

  it('is not made when the device cannot be reached, and the trace holds the reason', () => {
    const bench = startBench()
    bench.problem = { code: 9201, message: 'lamp is offline (9201).' }
    expect(() => bench.calls.send(callOf('12'))).toThrow(expect.objectContaining({ code: 'device/unreachable', message: 'lamp is offline (9201).' }))
    expect(bench.sent).toEqual([])
    expect(bench.kept).toMatchObject([{ direction: 'record', topic: 'SetDeviceProperty', code: 9201, deviceId: 7 }])
    expect(explainDetail(9201, bench.kept[0]!.detail)).toBe('lamp is offline (9201).')
  })

  it('fails when the device leaves in the same moment', () => {
    const bench = startBench()
    expect(() => bench.calls.send(callOf('12', { message: { topic: '/gone', payload: Buffer.from('') } }))).toThrow(expect.objectContaining({ code: 'device/unreachable' }))
    expect(bench.calls.count()).toBe(0)
  })

  it('fails when the engine stops', async () => {
    const bench = startBench()
    const { result } = bench.calls.send(callOf('12'))
    bench.calls.close()
    await expect(result).rejects.toMatchObject({ code: 'call/cancelled' })
    bench.clock.advance(10_000)
    expect(bench.amended).toEqual([])
  })
})

describe('the number of open calls', () => {
  it('is bounded: those without a deadline go first, and with deadlines only the next one is refused', () => {
    const bench = startBench()
    bench.calls.send(callOf('old', { timeoutMs: null }))
    for (let n = 1; n < limits.callsOpenMax; n++)
      bench.calls.send(callOf(String(n)))
    bench.calls.send(callOf('newest'))
    expect(bench.calls.count()).toBe(limits.callsOpenMax)
    expect(answer(bench, '{"id":"old","code":200}').code).toBe(1904)
    expect(() => bench.calls.send(callOf('one more'))).toThrow(expect.objectContaining({ code: 'limit/reached' }))
  })
})

it('refuses in the words of the thing model, with the first code', () => {
  const bench = startBench()
  const error = bench.calls.refuse({ device, operation: 'SetDeviceProperty', params: { X: 1 }, method: 'm', issues: [{ code: 5092, path: 'X', rule: 'unknown-property', expected: '', got: '1' }] })
  expect(error).toMatchObject({ code: 'model/refused', details: { platformCode: 5092, issues: [{ path: 'X' }] } })
  expect(bench.kept).toMatchObject([{ code: 5092, topic: 'SetDeviceProperty' }])
})
