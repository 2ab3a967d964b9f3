import type { JsonObject } from '../json.ts'
import type { TopicIdentity } from './topic.ts'
import { defaultModule } from './ota.ts'

/** A file of an update as its device is told of it. */
export interface NoticeFile {
  name: string
  /** Bytes. */
  size: number
  /** Hex digits. */
  md5: string
  /** Hex digits of the digest that `signMethod` names. */
  sign: string
  /** Where it is to be had; empty when it comes over MQTT. */
  url: string
}

/** What a device is told of an update, pushed or asked for. */
export interface NoticeContent {
  version: string
  module: string
  signMethod: 'MD5' | 'SHA256'
  /** At least one; several only over HTTP. */
  files: readonly NoticeFile[]
  differential: boolean
  /** The second signature, of a product with secure update. */
  digestsign?: string
  /** Download over MQTT: which transfer, and which file of it. */
  stream?: { streamId: number, streamFileId: number }
  /** Tags of the batch. */
  tags: Readonly<Record<string, string>>
  /** What the package says to devices, as its user wrote it; empty for nothing. */
  customInfo: string
}

/**
 * The `data` of a notice, the same for a push and for the answer to a question (Alink 8.3). One file stands in `data` itself,
 * several in `files`. The firmware's own module is expressed by leaving `module` out; MD5 is spelled `Md5`, and nothing else is
 * understood by the device kits.
 */
export function buildNoticeData({ version, module, signMethod, files, differential, digestsign, stream, tags, customInfo }: NoticeContent): JsonObject {
  const [file] = files
  const single: JsonObject = files.length === 1 && file !== undefined
    ? { size: file.size, sign: file.sign, version, ...(stream === undefined && { url: file.url }) }
    : { version, files: files.map(({ name, size, md5, sign, url }) => ({ fileSize: size, fileName: name, fileUrl: url, fileMd5: md5, fileSign: sign })) }
  const extData = { ...tags, ...(customInfo !== '' && { _package_udi: customInfo }) }
  return {
    ...single,
    signMethod: signMethod === 'MD5' ? 'Md5' : 'SHA256',
    ...(files.length === 1 && file !== undefined && { md5: file.md5 }),
    ...(differential && { isDiff: 1 }),
    ...(digestsign !== undefined && { digestsign }),
    ...(module.toLowerCase() !== defaultModule && { module }),
    ...(stream !== undefined && { dProtocol: 'mqtt', ...stream }),
    ...(Object.keys(extData).length > 0 && { extData }),
  }
}

/** The notice of an update as the cloud pushes it: `code` is the text "1000", `id` a number (Alink 8.3). */
export function buildNotice({ productKey, deviceName }: TopicIdentity, content: NoticeContent, id: number): { topic: string, payload: string } {
  return { topic: `/ota/device/upgrade/${productKey}/${deviceName}`, payload: JSON.stringify({ code: '1000', data: buildNoticeData(content), id, message: 'success' }) }
}

/** The same as the answer to the old request, on its topic and with its id, `idText` as JSON text (Alink 8.4); null: there is none. */
export function buildRequestedNotice({ productKey, deviceName }: TopicIdentity, content: NoticeContent | null, idText: string): { topic: string, payload: string } {
  const data = content === null ? {} : buildNoticeData(content)
  return { topic: `/ota/device/request/${productKey}/${deviceName}`, payload: `{"code":"1000","data":${JSON.stringify(data)},"id":${idText === '' ? '""' : idText},"message":"success"}` }
}
