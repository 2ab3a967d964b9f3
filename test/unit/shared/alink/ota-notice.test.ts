import type { NoticeContent } from '../../../../src/shared/alink/ota-notice.ts'
import { describe, expect, it } from 'vitest'
import { buildNotice, buildNoticeData, buildRequestedNotice } from '../../../../src/shared/alink/ota-notice.ts'

const md5 = '9bbfc1e0e73992efe007b4f075326429'
const sha256 = '3acac8017c76d0468a06a74340e97778ca8f9e56808f42ca686ba08d3b8f0997'
const device = { productKey: 'a1Test', deviceName: 'dev-0001' }
const file = { name: 'f1.bin', size: 9, md5, sign: md5, url: 'http://192.168.1.5/ota/f1.bin' }
const content: NoticeContent = { version: '1.0.2', module: 'default', signMethod: 'MD5', files: [file], differential: false, tags: {}, customInfo: '' }

describe('the notice of an update', () => {
  it('is what was captured from the cloud, byte for byte', () => {
    expect(buildNotice(device, content, 1_735_689_600_123)).toEqual({
      topic: '/ota/device/upgrade/a1Test/dev-0001',
      payload: `{"code":"1000","data":{"size":9,"sign":"${md5}","version":"1.0.2","url":"http://192.168.1.5/ota/f1.bin","signMethod":"Md5","md5":"${md5}"},"id":1735689600123,"message":"success"}`,
    })
  })

  it('carries the MD5 also beside a SHA-256', () => {
    expect(buildNoticeData({ ...content, signMethod: 'SHA256', files: [{ ...file, sign: sha256 }] })).toMatchObject({ sign: sha256, signMethod: 'SHA256', md5 })
  })

  it('names a module other than the firmware, a difference, and the second signature', () => {
    expect(buildNoticeData({ ...content, module: 'MCU', differential: true, digestsign: 'c2lnbg==' })).toMatchObject({ module: 'MCU', isDiff: 1, digestsign: 'c2lnbg==' })
    const plain = buildNoticeData(content)
    expect(['module', 'isDiff', 'digestsign', 'extData', 'dProtocol', 'files'].filter(name => name in plain)).toEqual([])
  })

  it('lists several files instead of the members of one', () => {
    const second = { ...file, name: 'f2.bin', size: 3 }
    expect(buildNoticeData({ ...content, files: [file, second] })).toEqual({
      version: '1.0.2',
      signMethod: 'Md5',
      files: [
        { fileSize: 9, fileName: 'f1.bin', fileUrl: file.url, fileMd5: md5, fileSign: md5 },
        { fileSize: 3, fileName: 'f2.bin', fileUrl: file.url, fileMd5: md5, fileSign: md5 },
      ],
    })
  })

  it('names a transfer over MQTT instead of an address', () => {
    const data = buildNoticeData({ ...content, stream: { streamId: 14_267, streamFileId: 1 } })
    expect(data).toMatchObject({ dProtocol: 'mqtt', streamId: 14_267, streamFileId: 1, size: 9, sign: md5 })
    expect('url' in data).toBe(false)
  })

  it('carries the tags of the batch and what the package says to devices as text', () => {
    expect(buildNoticeData({ ...content, tags: { wave: '2' }, customInfo: '{"a":1}' }).extData).toEqual({ wave: '2', _package_udi: '{"a":1}' })
  })

  it('answers the old request on its topic with its id, and with empty data when there is none', () => {
    expect(buildRequestedNotice(device, null, '"7"')).toEqual({ topic: '/ota/device/request/a1Test/dev-0001', payload: '{"code":"1000","data":{},"id":"7","message":"success"}' })
    expect(JSON.parse(buildRequestedNotice(device, content, '12').payload)).toMatchObject({ id: 12, data: { version: '1.0.2' } })
    expect(buildRequestedNotice(device, null, '').payload).toContain('"id":""')
  })
})
