import type { NoticeContent } from '../../../../../src/shared/alink/ota-notice.ts'
import type { JsonValue } from '../../../../../src/shared/json.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readConfigNotice, readNotice, readPushedNotice } from '../../../../../src/engine/fleet/updates/notice.ts'
import { buildNotice, buildNoticeData } from '../../../../../src/shared/alink/ota-notice.ts'

const file = { name: 'app.bin', size: 9, md5: '9BBFC1', sign: '9BBFC1', url: 'http://host/app.bin' }
const content: NoticeContent = { version: '2.0.0', module: 'default', signMethod: 'MD5', files: [file], differential: false, tags: { wave: '1' }, customInfo: '' }
const device = { productKey: 'pk', deviceName: 'lamp-1' }

describe('what a simulated device reads in a notice', () => {
  it('is what the platform wrote, of one file, of several, and of one over MQTT', () => {
    const one = { url: 'http://host/app.bin', size: 9, algorithm: 'md5', digest: '9bbfc1' }
    expect(readNotice(buildNoticeData(content))).toEqual({ version: '2.0.0', module: 'default', files: [one], size: 9, stream: null })
    expect(readPushedNotice(buildNotice(device, content, 1).payload)).toEqual(readNotice(buildNoticeData(content)))
    expect(readNotice(buildNoticeData({ ...content, signMethod: 'SHA256', module: 'MCU', files: [file, { ...file, size: 1, sign: 'AB' }] }))).toEqual({
      version: '2.0.0',
      module: 'MCU',
      files: [{ ...one, algorithm: 'sha256' }, { ...one, size: 1, algorithm: 'sha256', digest: 'ab' }],
      size: 10,
      stream: null,
    })
    expect(readNotice(buildNoticeData({ ...content, stream: { streamId: 7, streamFileId: 1 } }))).toMatchObject({ files: [{ url: '', size: 9 }], stream: { streamId: 7, streamFileId: 1 } })
  })

  it('is nothing when there is no update, and no notice when it cannot be one', () => {
    expect(readNotice({})).toBeNull()
    for (const data of [undefined, [], { version: '2' }, { ...buildNoticeData(content), version: 'a b' }, { ...buildNoticeData(content), signMethod: 'CRC' }, { ...buildNoticeData(content), size: '9' }, { version: '2', signMethod: 'Md5', files: [7] }])
      expect(readNotice(data as JsonValue | undefined)).toBeUndefined()
    expect(readPushedNotice('{')).toBeUndefined()
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      readNotice(value as JsonValue)
      readConfigNotice(value as JsonValue)
    }))
  })
})

it('reads what is said of a configuration', () => {
  const notice = { configId: 'c1', configSize: 15, getType: 'file', sign: '4D98', signMethod: 'Sha256', url: 'http://host/c' }
  expect(readConfigNotice(notice)).toEqual({ configId: 'c1', file: { url: 'http://host/c', size: 15, algorithm: 'sha256', digest: '4d98' } })
  expect(readConfigNotice({ ...notice, url: 1 })).toBeUndefined()
  expect(readConfigNotice({ ...notice, signMethod: 'x' })).toBeUndefined()
})
