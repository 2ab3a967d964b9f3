import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { buildBlock, buildBlockRefusal, buildBlockRequest, parseBlockReply, parseBlockRequest } from '../../../../src/shared/alink/file-download.ts'
import { limits } from '../../../../src/shared/limits.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const header = '{"code":200,"data":{"bOffset":0,"fileLength":9,"bSize":9},"id":"7","message":"success"}'
const file = utf8('HELLO-OTA')

it('writes a block byte for byte: length with its high byte first, header in the order of the cloud, data, checksum with its low byte first', () => {
  const frame = buildBlock('"7"', { offset: 0, fileLength: 9 }, file)
  expect(Buffer.from(frame).toString('hex')).toBe(`0057${Buffer.from(header).toString('hex')}48454c4c4f2d4f54418241`)
  expect(frame.length).toBe(2 + 87 + 9 + 2)
})

it('writes a refusal in the same frame without data', () => {
  const text = '{"code":460,"data":{},"id":180,"message":"request parameter error"}'
  const frame = buildBlockRefusal('180', 460, 'request parameter error')
  expect(Buffer.from(frame).toString('hex')).toBe(`00${text.length.toString(16)}${Buffer.from(text).toString('hex')}0000`)
  expect(parseBlockReply(frame)).toEqual({ id: '180', code: 460, message: 'request parameter error' })
})

it('reads a block as a device does, and says what is wrong with a frame', () => {
  const frame = buildBlock('"7"', { offset: 5, fileLength: 14 }, file)
  expect(parseBlockReply(frame)).toEqual({ id: '7', code: 200, offset: 5, fileLength: 14, data: file })
  expect(parseBlockReply(frame.slice(0, 20))).toMatch(/shorter than its header/)
  expect(parseBlockReply(utf8('xx'))).toMatch(/shorter/)
  expect(parseBlockReply(Buffer.concat([frame, Buffer.of(0)]))).toMatch(/9 bytes and 10 came/)
  const damaged = frame.slice()
  damaged[frame.length - 3]! ^= 1
  expect(parseBlockReply(damaged)).toBe('the checksum is wrong')
  expect(parseBlockReply(buildBlockRefusal('"1"', 200, 'success'))).toMatch(/lacks/)
})

it('reads what a device asks for, numbers also as text, and refuses what no block can be', () => {
  const params = { fileToken: 'default', fileInfo: { streamId: 14267, fileId: 1 }, fileBlock: { size: 5120, offset: 0 } }
  const wanted = { streamId: 14267, fileId: 1, size: 5120, offset: 0 }
  expect(parseBlockRequest(params)).toEqual(wanted)
  expect(parseBlockRequest({ fileInfo: { streamId: '14267', fileId: '1' }, fileBlock: { size: '5120', offset: '0' } })).toEqual(wanted)
  expect(JSON.parse(buildBlockRequest({ productKey: 'a1Test', deviceName: 'dev' }, wanted, '180').payload)).toEqual({ id: '180', version: '1.0', params })
  for (const block of [{ size: 0, offset: 0 }, { size: limits.downloadBlockBytesMax + 1, offset: 0 }, { size: 1, offset: -1 }, { size: 1.5, offset: 0 }, { size: 1 }])
    expect(parseBlockRequest({ ...params, fileBlock: block })).toMatchObject({ expected: expect.stringContaining('fileBlock') as string })
  expect(parseBlockRequest({ ...params, fileInfo: { streamId: 1 } })).toMatchObject({ expected: expect.stringContaining('fileId') as string })
  for (const none of [undefined, null, 'x', {}, { fileInfo: [], fileBlock: {} }])
    expect(parseBlockRequest(none)).toMatchObject({ expected: expect.stringContaining('params') as string })
})
