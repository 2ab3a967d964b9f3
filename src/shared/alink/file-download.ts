import type { JsonObject, JsonValue } from '../json.ts'
import type { FileProblem } from './file-upload.ts'
import type { OutgoingMessage } from './property.ts'
import type { TopicIdentity } from './topic.ts'
import { crc16Arc } from '../frame/crc.ts'
import { isJsonObject } from '../json.ts'
import { limits } from '../limits.ts'
import { parseReply } from './envelope.ts'
import { buildFileFrame, parseFileFrame } from './file-upload.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/** A block of a file that a device asks for over MQTT (Alink 8.7). */
export interface BlockRequest {
  /** As the notice of the update named the transfer, and the file of it. */
  streamId: number
  fileId: number
  /** Bytes wanted, and from where on. */
  size: number
  offset: number
}

const digits = /^\d{1,16}$/

/** The `params` of `thing/file/download`; numbers may be written as text. Never throws. */
export function parseBlockRequest(params: JsonValue | undefined): BlockRequest | FileProblem {
  const { fileInfo, fileBlock } = isJsonObject(params) ? params : {} as JsonObject
  if (!isJsonObject(fileInfo) || !isJsonObject(fileBlock))
    return { expected: '"params" to be an object with "fileInfo" and "fileBlock"', got: params }
  const [streamId, fileId, size, offset] = [fileInfo.streamId, fileInfo.fileId, fileBlock.size, fileBlock.offset].map(toCount)
  if (streamId === undefined || fileId === undefined)
    return { expected: '"fileInfo" with the "streamId" and "fileId" of the notice', got: fileInfo }
  if (size === undefined || size < 1 || size > limits.downloadBlockBytesMax)
    return { expected: `"fileBlock.size" of 1 to ${limits.downloadBlockBytesMax} bytes`, got: fileBlock.size }
  if (offset === undefined)
    return { expected: '"fileBlock.offset" in bytes', got: fileBlock.offset }
  return { streamId, fileId, size, offset }
}

function toCount(value: JsonValue | undefined): number | undefined {
  const count = typeof value === 'string' && digits.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** What a device sends to get a block. */
export function buildBlockRequest({ productKey, deviceName }: TopicIdentity, { streamId, fileId, size, offset }: BlockRequest, id: string): OutgoingMessage {
  return {
    topic: `/sys/${productKey}/${deviceName}/thing/file/download`,
    payload: JSON.stringify({ id, version: '1.0', params: { fileToken: 'default', fileInfo: { streamId, fileId }, fileBlock: { size, offset } } }),
  }
}

/**
 * The frame with a block: the header in the order in which the cloud writes it, the bytes and their CRC (Alink 8.7, trap T25).
 * `idText` is the id of the request as JSON text.
 */
export function buildBlock(idText: string, { offset, fileLength }: { offset: number, fileLength: number }, data: Uint8Array): Uint8Array {
  return buildFileFrame(encodeUtf8(`{"code":200,"data":{"bOffset":${offset},"fileLength":${fileLength},"bSize":${data.length}},"id":${idText},"message":"success"}`), data)
}

/** The same frame for a request that is refused: no bytes behind the header. */
export function buildBlockRefusal(idText: string, code: number, message: string): Uint8Array {
  return buildFileFrame(encodeUtf8(`{"code":${code},"data":{},"id":${idText},"message":${JSON.stringify(message)}}`), new Uint8Array(0))
}

/** A block as a device gets it, or why it gets none. */
export type BlockReply
  = | { id: string, code: 200, offset: number, fileLength: number, data: Uint8Array }
    | { id: string, code: number, message: string, data?: undefined }

/**
 * Takes the frame of a `thing/file/download_reply` apart; `data` is a view into it. A text instead says what is wrong with the
 * frame, for which a device asks again: a length that does not fit, a header that cannot be read, a wrong checksum. Never throws.
 */
export function parseBlockReply(frame: Uint8Array): BlockReply | string {
  const parts = parseFileFrame(frame)
  const reply = parts && parseReply(decodeUtf8(parts.header) ?? '')
  if (!parts || !reply)
    return 'the frame is shorter than its header, or the header cannot be read'
  const { id, code, message = '' } = reply
  if (code !== 200)
    return { id, code, message }
  const { bSize, bOffset, fileLength } = isJsonObject(reply.data) ? reply.data : {} as JsonObject
  if (typeof bSize !== 'number' || typeof bOffset !== 'number' || typeof fileLength !== 'number')
    return 'the header lacks "bSize", "bOffset" or "fileLength"'
  if (parts.data.length !== bSize)
    return `the header announces ${bSize} bytes and ${parts.data.length} came`
  if (parts.crc !== crc16Arc(parts.data))
    return 'the checksum is wrong'
  return { id, code: 200, offset: bOffset, fileLength, data: parts.data }
}
