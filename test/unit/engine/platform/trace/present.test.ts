import type { StoredTrace } from '../../../../../src/engine/store/types.ts'
import { expect, it } from 'vitest'
import { exportHeader, exportRow } from '../../../../../src/engine/platform/trace/export.ts'
import { createTraceMatcher, toStoreFilter } from '../../../../../src/engine/platform/trace/filter.ts'
import { payloadPreview, payloadText, presentTrace } from '../../../../../src/engine/platform/trace/present.ts'
import { createTailCollector } from '../../../../../src/engine/platform/trace/tail.ts'
import { buildFileFrame } from '../../../../../src/shared/alink/file-upload.ts'
import { traceIdOf } from '../../../../../src/shared/log/message-id.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
function nameDevice(deviceId: number): { productKey: string, deviceName: string } | undefined {
  return deviceId === 1
    ? { productKey: 'a1Lamp', deviceName: 'lamp-0001' }
    : undefined
}

function row(change: Partial<StoredTrace> = {}): StoredTrace {
  return {
    id: 5_000,
    at: 1_735_689_600_000,
    deviceId: 1,
    deviceKey: null,
    direction: 'up',
    topic: '/sys/a1Lamp/lamp-0001/thing/event/property/post',
    qos: 1,
    payload: utf8('{"id":"1","params":{"Temperature":21}}'),
    code: 200,
    detail: null,
    causeId: null,
    ...change,
  }
}

it('shows a text payload as it came and binary as hex', () => {
  expect([
    payloadPreview(utf8('温度')),
    payloadPreview(Uint8Array.of(0, 255, 16)),
    payloadText(Uint8Array.of(0x61, 0)),
  ]).toEqual(['温度', '00 ff 10', null])
})

it('cuts a long payload without cutting a character in two', () => {
  const preview = payloadPreview(utf8('温'.repeat(200)))
  expect(preview).toBe('温'.repeat(106))
})

it('names the device behind a row, and what an unknown client claimed to be', () => {
  expect(presentTrace(row(), nameDevice)).toMatchObject({ productKey: 'a1Lamp', deviceName: 'lamp-0001', payloadBytes: 38 })
  expect(presentTrace(row({ deviceId: 0, deviceKey: 'a1Gone/ghost' }), nameDevice)).toMatchObject({ productKey: 'a1Gone', deviceName: 'ghost' })
})

it('writes trace ids as 16 hex digits without losing a bit', () => {
  expect(traceIdOf(Number.MAX_SAFE_INTEGER)).toBe('001fffffffffffff')
  expect(Number.parseInt(traceIdOf(7_109_400_000_000_001), 16)).toBe(7_109_400_000_000_001)
})

it('quotes what CSV needs quoted and says when a payload is not text', () => {
  expect(exportHeader('csv')).toBe('at,time,direction,productKey,deviceName,topic,qos,code,payload,payloadEncoding\r\n')
  expect(exportRow(row({
    payload: utf8('a "b",\n'),
  }), 'csv', nameDevice))
    .toBe('1735689600000,2025-01-01T00:00:00.000Z,up,a1Lamp,lamp-0001,/sys/a1Lamp/lamp-0001/thing/event/property/post,1,200,"a ""b"",\n",text\r\n')
  expect(JSON.parse(exportRow(row({
    payload: Uint8Array.of(0, 1, 2),
    code: null,
  }), 'jsonl', nameDevice)))
    .toMatchObject({
      code: null,
      payload: { base64: 'AAEC' },
    })
})

it('matches nothing for a name that no device has', () => {
  const filter = toStoreFilter({ deviceName: 'nobody' }, () => [])
  expect(createTraceMatcher(filter)(row())).toBe(false)
})

it.each([
  [
    { deviceId: 1 },
    true,
  ],
  [
    { deviceId: 2 },
    false,
  ],
  [
    {
      deviceIds: [1, 2],
    },
    true,
  ],
  [
    { topic: 'PROPERTY/post' },
    true,
  ],
  [
    { topic: 'service' },
    false,
  ],
  [
    { direction: 'down' as const },
    false,
  ],
  [
    { code: 200 },
    true,
  ],
  [
    { code: 'failed' as const },
    false,
  ],
  [
    { text: 'temperature' },
    true,
  ],
  [
    { text: 'humidity' },
    false,
  ],
  [
    { fromAt: 1_735_689_600_001 },
    false,
  ],
  [
    { toAt: 1_735_689_599_999 },
    false,
  ],
])('tests a row that has just come against %j as the store would: %s', (filter, expected) => {
  expect(createTraceMatcher(filter)(row())).toBe(expected)
})

it('keeps the newest rows of a flood and counts what it left out', () => {
  let skipped = 0
  const collector = createTailCollector(() => true, nameDevice, (rows) => { skipped += rows })
  for (let id = 1; id <= 1_000; id++)
    collector.add(row({ id }))
  const item = collector.take()
  expect({
    arrived: item?.arrived,
    skipped: item?.skipped,
    first: item?.rows[0]?.id,
    last: item?.rows.at(-1)?.id,
    counted: skipped,
  })
    .toEqual({
      arrived: 1_000,
      skipped: 900,
      first: 901,
      last: 1_000,
      counted: 900,
    })
  expect(collector.take()).toBeUndefined()
})

it('shows the header of a block of a file instead of the bytes before it', () => {
  const topic = '/sys/a1Lamp/lamp-0001/thing/file/upload/mqtt/send'
  const header = '{"id":"8","params":{"uploadId":"u-1","offset":0,"bSize":4,"isComplete":true}}'
  expect([
    presentTrace(row({ topic, payload: buildFileFrame(utf8(header), Uint8Array.of(0, 1, 2, 3)) }), nameDevice).preview,
    presentTrace(row({ topic, payload: Uint8Array.of(255, 255, 1) }), nameDevice).preview,
  ]).toEqual([header, 'ff ff 01'])
})
