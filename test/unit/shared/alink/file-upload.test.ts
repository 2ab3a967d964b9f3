import type { JsonValue } from '../../../../src/shared/json.ts'
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildFileFrame, parseFileBlock, parseFileCancel, parseFileFrame, parseFileInit } from '../../../../src/shared/alink/file-upload.ts'
import { crc16Arc } from '../../../../src/shared/frame/crc.ts'

const goldenHeader = '{"id":"8","params":{"uploadId":"u-1","offset":0,"bSize":9,"isComplete":true}}'
const golden = Buffer.concat([Buffer.from('004d', 'hex'), Buffer.from(goldenHeader), Buffer.from('48454c4c4f2d4f54418241', 'hex')])

describe('the frame of a block', () => {
  it('is taken apart and put together as the protocol shows it', () => {
    const { header, data, crc } = parseFileFrame(golden)!
    expect([Buffer.from(header).toString(), Buffer.from(data).toString(), crc]).toEqual([goldenHeader, 'HELLO-OTA', 0x4182])
    expect(crc16Arc(data)).toBe(crc)
    expect(Buffer.from(buildFileFrame(Buffer.from(goldenHeader), Buffer.from('HELLO-OTA')))).toEqual(golden)
  })

  it('comes back from being put together', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (header, data) => {
      const frame = parseFileFrame(buildFileFrame(header, data))!
      expect([Buffer.from(frame.header), Buffer.from(frame.data), frame.crc]).toEqual([Buffer.from(header), Buffer.from(data), crc16Arc(data)])
    }))
  })

  it('may be any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      const frame = parseFileFrame(bytes)
      return frame === undefined || frame.header.length + frame.data.length + 4 === bytes.length
    }))
  })

  it.each(['', '00', '0000', '000000', '0002aabb', '00017b'])('cannot be taken apart when it is %j, too short for the header it announces', (hex) => {
    expect(parseFileFrame(Buffer.from(hex, 'hex'))).toBeUndefined()
  })
})

describe('the requests', () => {
  it('are understood as the protocol shows them', () => {
    expect(parseFileInit({ fileName: 'trace_1.log', fileSize: 2600, conflictStrategy: 'append', ficMode: 'crc64', ficValue: '1A2B3C4D5E6F7081', initUid: 'u-0001', extraParams: { fileTag: { Time: 'Q1' } } }))
      .toEqual({ fileName: 'trace_1.log', fileSize: 2600, strategy: 'append', ficValue: '1a2b3c4d5e6f7081', initUid: 'u-0001', extra: { fileTag: { Time: 'Q1' } } })
    expect(parseFileInit({ fileName: 'a', fileSize: -1 })).toEqual({ fileName: 'a', fileSize: -1, strategy: 'overwrite', ficValue: null, initUid: null, extra: null })
    expect(parseFileBlock({ uploadId: 'u-1', offset: 0, bSize: 9, isComplete: true })).toEqual({ uploadId: 'u-1', offset: 0, bSize: 9, isComplete: true })
    expect(parseFileCancel({ uploadId: 'u-1' })).toEqual({ uploadId: 'u-1' })
  })

  it.each<[JsonValue, string]>([
    [[], 'params'],
    [{ fileSize: 1 }, 'fileName'],
    [{ fileName: '../etc/passwd', fileSize: 1 }, 'fileName'],
    [{ fileName: '.hidden', fileSize: 1 }, 'fileName'],
    [{ fileName: 'a'.repeat(101), fileSize: 1 }, 'fileName'],
    [{ fileName: 'a', fileSize: '1' }, 'fileSize'],
    [{ fileName: 'a', fileSize: -2 }, 'fileSize'],
    [{ fileName: 'a', fileSize: 1, conflictStrategy: 'keep' }, 'conflictStrategy'],
    [{ fileName: 'a', fileSize: 1, ficMode: 'md5' }, 'ficMode'],
    [{ fileName: 'a', fileSize: 1, ficMode: 'crc64', ficValue: '12' }, 'ficValue'],
    [{ fileName: 'a', fileSize: 1, initUid: 7 }, 'initUid'],
    [{ fileName: 'a', fileSize: 1, extraParams: 'x' }, 'extraParams'],
  ])('say what is wrong with an init of %j', (params, word) => {
    expect(parseFileInit(params)).toMatchObject({ expected: expect.stringContaining(word) })
  })

  it('may carry anything', () => {
    fc.assert(fc.property(fc.jsonValue() as fc.Arbitrary<JsonValue>, (params) => {
      parseFileInit(params)
      parseFileBlock(params)
      parseFileCancel(params)
    }))
  })
})
