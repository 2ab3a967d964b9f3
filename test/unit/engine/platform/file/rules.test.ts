import type { BlockRoom, ReceivedBlock, Shelf } from '../../../../../src/engine/platform/file/rules.ts'
import type { Upload } from '../../../../../src/engine/platform/file/uploads.ts'
import type { FileInit } from '../../../../../src/shared/alink/file-upload.ts'
import { describe, expect, it } from 'vitest'
import { judgeBlock, judgeInit } from '../../../../../src/engine/platform/file/rules.ts'
import { crc16Arc } from '../../../../../src/shared/frame/crc.ts'
import { limits } from '../../../../../src/shared/limits.ts'

const init: FileInit = { fileName: 'a.log', fileSize: 1_000, strategy: 'overwrite', ficValue: null, initUid: null, extra: null }
const known = { fileId: '0'.repeat(16), deviceId: 1, name: 'a.log', size: 100, crc64: '', uploadedAt: 1, extra: null }
const empty: Shelf = { known: undefined, filesOfDevice: 0, files: 0, bytes: 0 }
const none = { openOfDevice: 0, all: 0 }

describe('judgeInit', () => {
  it.each<[string, Partial<FileInit>, Partial<Shelf>, Partial<typeof none>, boolean, number | undefined]>([
    ['a file of 16 MB', { fileSize: 16 * 1024 * 1024 }, {}, {}, true, undefined],
    ['a larger one', { fileSize: 16 * 1024 * 1024 + 1 }, {}, {}, false, 78117],
    ['one that becomes larger by what it is appended to', { fileSize: 16 * 1024 * 1024 - 99, strategy: 'append' }, { known }, {}, false, 78117],
    ['a size nobody knows yet', { fileSize: -1 }, {}, {}, true, undefined],
    ['a known name with reject', { strategy: 'reject' }, { known }, {}, false, 78123],
    ['a new name with reject', { strategy: 'reject' }, {}, {}, true, undefined],
    ['the 1,001st file', {}, { filesOfDevice: 1_000 }, {}, true, 78129],
    ['the 1,000th once more', {}, { filesOfDevice: 999, known }, {}, true, undefined],
    ['the 10,001st without the cloud\'s limits', {}, { filesOfDevice: 10_000 }, {}, false, 78129],
    ['more files of all than are kept', {}, { files: limits.filesKeptMax }, {}, false, 78129],
    ['more than 1 GB', {}, { bytes: 1024 ** 3 - 999 }, {}, true, 6760],
    ['more than is kept without the cloud\'s limits', {}, { bytes: 16 * 1024 ** 3 - 999 }, {}, false, 6760],
    ['more uploads at a time than a device may', {}, {}, { openOfDevice: limits.uploadsOpenPerDeviceMax }, false, 429],
    ['more uploads than are kept of all', {}, {}, { all: limits.uploadsMax }, false, 429],
  ])('judges %s', (_what, wanted, shelf, uploads, applyLimits, code) => {
    expect(judgeInit({ ...init, ...wanted }, { ...empty, ...shelf }, { ...none, ...uploads }, applyLimits).issue?.code).toBe(code)
  })

  it('says what the cloud would have refused while its limits are not applied', () => {
    expect(judgeInit(init, { ...empty, filesOfDevice: 1_000 }, none, false).notices).toMatchObject([{ code: 200, rule: 'cloud-rule' }])
    expect(judgeInit(init, empty, none, false)).toEqual({})
  })
})

const data = new Uint8Array(512).fill(7)
const upload: Upload = { uploadId: 'u', deviceId: 1, initUid: null, fileName: 'a.log', fileSize: 4_096, strategy: 'overwrite', ficValue: null, extra: null, startedAt: 0, state: 'open', received: 1_024, written: 1_024 }
const block: ReceivedBlock = { uploadId: 'u', offset: 1_024, bSize: 512, isComplete: false, data, crc: crc16Arc(data) }
const room: BlockRoom = { bytes: 0, waitingBytes: 0, applyLimits: true }

function blockOf(bytes: number, change: Partial<ReceivedBlock> = {}): Partial<ReceivedBlock> {
  const content = new Uint8Array(bytes)
  return { data: content, bSize: bytes, crc: crc16Arc(content), ...change }
}

describe('judgeBlock', () => {
  it.each<[string, Partial<Upload>, Partial<ReceivedBlock>, Partial<BlockRoom>, number | string]>([
    ['the next block', {}, {}, {}, 'take'],
    ['one of another size than it says', {}, { bSize: 511 }, {}, 460],
    ['one of 128 KB', { fileSize: -1 }, blockOf(131_072), {}, 'take'],
    ['a larger one', { fileSize: -1 }, blockOf(131_073), {}, 78118],
    ['one of 256 bytes', {}, blockOf(256), {}, 'take'],
    ['a smaller one', {}, blockOf(255), {}, 78120],
    ['a smaller one that is the last', {}, blockOf(255, { isComplete: true }), {}, 'take'],
    ['a wrong CRC', {}, { crc: block.crc ^ 1 }, {}, 78121],
    ['a CRC with its bytes the wrong way round', {}, { crc: (block.crc & 0xFF) << 8 | block.crc >> 8 }, {}, 78121],
    ['a block that leaves a hole', {}, { offset: 1_536 }, {}, 78119],
    ['a block that is there in part', {}, { offset: 1_000 }, {}, 78119],
    ['a block that is there', {}, { offset: 512 }, {}, 78126],
    ['the last block once more after its end failed', {}, { offset: 512, isComplete: true }, {}, 'repeat'],
    ['the last block once more while the end is under way', { state: 'ending' }, { offset: 512, isComplete: true }, {}, 78126],
    ['a block of an upload that has ended', { state: 'ended' }, {}, {}, 78124],
    ['more than was announced', { fileSize: 1_100 }, {}, {}, 460],
    ['more than 16 MB', { fileSize: -1, received: 16 * 1024 * 1024 - 511 }, { offset: 16 * 1024 * 1024 - 511 }, {}, 78117],
    ['more than the disk takes', {}, {}, { waitingBytes: limits.uploadQueueBytesMax - 511 }, 78127],
    ['more than the account may have', {}, {}, { bytes: limits.filesBytesMax - 511 }, 6760],
    ['that much without the cloud\'s limits', {}, {}, { bytes: limits.filesBytesMax - 511, applyLimits: false }, 'take'],
  ])('judges %s', (_what, state, change, left, verdict) => {
    const judged = judgeBlock({ ...upload, ...state }, { ...block, ...change }, { ...room, ...left })
    expect(typeof judged === 'string' ? judged : judged.code).toBe(verdict)
  })
})
