import type { FeatureHandler, Outcome } from '../../../../../src/engine/platform/feature.ts'
import type { DeviceFiles } from '../../../../../src/engine/platform/file/device-files.ts'
import type { JsonObject } from '../../../../../src/shared/json.ts'
import type { TestStore } from '../../store/store-fixture.ts'
import { Buffer } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { openDeviceFiles } from '../../../../../src/engine/platform/file/device-files.ts'
import { fileTables } from '../../../../../src/engine/platform/file/rows.ts'
import { buildFileFrame } from '../../../../../src/shared/alink/file-upload.ts'
import { parseTopic } from '../../../../../src/shared/alink/topic.ts'
import { limits } from '../../../../../src/shared/limits.ts'
import { silentLog } from '../../../../../src/shared/log.ts'
import { openTestStore } from '../../store/store-fixture.ts'

const device = { deviceId: 1, productKey: 'a1', deviceName: 'd1' }

interface Desk extends TestStore {
  files: DeviceFiles
  expired: string[]
  /** What comes of a message at once, as the uplink gets it. */
  hand: (word: 'init' | 'send' | 'cancel', payload: Uint8Array) => Outcome
  /** The reply of a message, when all that it waits for is done. */
  ask: (word: 'init' | 'send' | 'cancel', payload: Uint8Array) => Promise<{ code: number, data: JsonObject }>
}

async function openDesk(): Promise<Desk> {
  const store = await openTestStore({ migrations: [{ version: 1, name: 'files', sql: fileTables }] })
  const expired: string[] = []
  let lastId = 0
  const files = await openDeviceFiles({
    dir: join(store.dir, 'files'),
    clock: store.clock,
    log: silentLog,
    store: store.store,
    calls: { note: () => 0 },
    applyLimits: () => false,
    makeId: () => (++lastId).toString(16).padStart(16, '0'),
    makeToken: () => 'token',
    httpUrl: () => null,
    requireDevice: () => device,
    onExpired: ({ fileName }) => expired.push(fileName),
  })
  onTestFinished(() => files.close())
  const kinds = { init: 'file.uploadInit', send: 'file.uploadSend', cancel: 'file.uploadCancel' } as const
  const hand: Desk['hand'] = (word, payload) => {
    const topicText = `/sys/a1/d1/thing/file/upload/mqtt/${word}`
    const handle = files.handlers[kinds[word]] as FeatureHandler
    return handle({ device, topic: parseTopic(topicText), topicText, payload, receivedAt: store.clock.now() })
  }
  return {
    ...store,
    files,
    expired,
    hand,
    async ask(word, payload) {
      const outcome = hand(word, payload)
      const { replies } = await outcome.until ?? outcome
      return JSON.parse(Buffer.from(replies![0]!.payload).toString()) as { code: number, data: JsonObject }
    },
  }
}

const request = (params: JsonObject): Uint8Array => Buffer.from(JSON.stringify({ id: '1', params }))
function block(uploadId: unknown, offset: number, data: Uint8Array, isComplete = false): Uint8Array {
  return buildFileFrame(Buffer.from(JSON.stringify({ id: '2', params: { uploadId: uploadId as string, offset, bSize: data.length, isComplete } })), data)
}

it('takes any bytes as a frame without throwing, and begins nothing with bytes that are no block', async () => {
  const { hand, ask } = await openDesk()
  const { data } = await ask('init', request({ fileName: 'a', fileSize: -1 }))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    expect(hand('send', bytes).until).toBeUndefined()
  }))
  const anyHeader = fc.record({ id: fc.jsonValue(), params: fc.oneof(fc.jsonValue(), fc.record({ uploadId: fc.constantFrom(data.uploadId, 'other', 7), offset: fc.jsonValue(), bSize: fc.jsonValue(), isComplete: fc.jsonValue() })) })
  fc.assert(fc.property(anyHeader, fc.uint8Array({ maxLength: 255 }), (header, content) => {
    expect(hand('send', buildFileFrame(Buffer.from(JSON.stringify(header)), content)).detail).not.toBeNull()
  }))
})

it('gives up an upload after 24 hours, tells so, and lets its bytes go', async () => {
  const { ask, clock, expired, dir, files } = await openDesk()
  const { data: { uploadId } } = await ask('init', request({ fileName: 'slow.bin', fileSize: -1, initUid: 'u' }))
  await ask('send', block(uploadId, 0, new Uint8Array(256)))
  clock.advance(24 * 3600_000 - 1)
  expect((await ask('send', block(uploadId, 256, new Uint8Array(256)))).code).toBe(200)
  clock.advance(1)
  expect((await ask('send', block(uploadId, 512, new Uint8Array(256)))).code).toBe(78122)
  clock.advance(10 * 60_000)
  expect(expired).toEqual(['slow.bin'])
  await files.close()
  expect(readdirSync(join(dir, 'files'))).toEqual([])
  expect((await ask('init', request({ fileName: 'slow.bin', fileSize: -1, initUid: 'u' }))).data).toMatchObject({ offset: 0, uploadId: '0000000000000002' })
})

it('tells devices to slow down when more bytes wait for the disk than may, and holds no more', async () => {
  const { ask, hand } = await openDesk()
  const uploads = await Promise.all([1, 2].map(async number => (await ask('init', request({ fileName: `f${number}`, fileSize: -1 }))).data.uploadId))
  const data = new Uint8Array(limits.uploadBlockBytesMax)
  const blocksMax = limits.uploadQueueBytesMax / data.length
  const outcomes = Array.from({ length: blocksMax + 1 }, (_, index) => hand('send', block(uploads[index % 2], Math.floor(index / 2) * data.length, data)))
  expect(outcomes.slice(0, -1).map(({ code }) => code)).toEqual(Array.from({ length: blocksMax }).fill(200))
  expect(outcomes.at(-1)!.code).toBe(78127)
  expect(await Promise.all(outcomes.map(({ until }) => until))).toEqual(Array.from({ length: blocksMax + 1 }).fill(undefined))
  expect((await ask('send', block(uploads[0], blocksMax / 2 * data.length, data))).code).toBe(200)
})

it('keeps no more uploads at a time than a device may have, and forgets the oldest that are over', async () => {
  const { ask } = await openDesk()
  for (let index = 0; index < limits.uploadsOpenPerDeviceMax; index++)
    expect((await ask('init', request({ fileName: `f${index}`, fileSize: 1 }))).code).toBe(200)
  expect((await ask('init', request({ fileName: 'more', fileSize: 1 }))).code).toBe(429)
  await ask('cancel', request({ uploadId: '0000000000000001' }))
  const ended: unknown[] = []
  for (let index = 0; index <= limits.uploadsEndedPerDeviceMax; index++) {
    const { data } = await ask('init', request({ fileName: 'same', fileSize: 1 }))
    ended.push(data.uploadId)
    expect((await ask('send', block(data.uploadId, 0, new Uint8Array(1), true))).data).toMatchObject({ complete: true })
  }
  const again = async (uploadId: unknown): Promise<number> => (await ask('send', block(uploadId, 0, new Uint8Array(1), true))).code
  expect([await again(ended[0]), await again(ended[1]), await again(ended.at(-1))]).toEqual([78122, 78124, 78124])
})
