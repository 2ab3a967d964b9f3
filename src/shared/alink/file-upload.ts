import type { JsonObject, JsonValue } from '../json.ts'
import { crc16Arc } from '../frame/crc.ts'
import { isJsonObject } from '../json.ts'
import { limits } from '../limits.ts'
import { isLongerThan } from './utf8.ts'

/** What becomes of a file whose name the device has in the store already (Alink 7.6). */
export const conflictStrategies = ['overwrite', 'append', 'reject'] as const
export type ConflictStrategy = (typeof conflictStrategies)[number]

/** A file that a device wants to upload. */
export interface FileInit {
  fileName: string
  /** Bytes of this upload; -1: not known beforehand. */
  fileSize: number
  strategy: ConflictStrategy
  /** CRC-64 of this upload as 16 hex digits in lower case; null: the whole file is not checked. */
  ficValue: string | null
  /** Makes the request repeatable: the same one of a device means the same upload. */
  initUid: string | null
  /** What the device says about the file besides, its tags among it. */
  extra: JsonObject | null
}

/** One block of an upload, as its header announces it. */
export interface FileBlock { uploadId: string, offset: number, bSize: number, isComplete: boolean }

/** What is wrong with a request: what was expected, and what came. */
export interface FileProblem { expected: string, got: JsonValue | undefined }

const fileName = /^[A-Z\d][\w.]*$/i
const crc64Hex = /^[\da-f]{16}$/i
const initUidCharsMax = 128
const extraBytesMax = 4 * 1024

/** The `params` of `thing/file/upload/mqtt/init` (Alink 7.6). Never throws. */
export function parseFileInit(params: JsonValue | undefined): FileInit | FileProblem {
  if (!isJsonObject(params))
    return { expected: '"params" to be an object with "fileName" and "fileSize"', got: params }
  const { fileName: name, fileSize, conflictStrategy: strategy = 'overwrite', ficMode, ficValue, initUid, extraParams } = params
  if (typeof name !== 'string' || !fileName.test(name) || isLongerThan(name, limits.uploadFileNameBytesMax))
    return { expected: `"fileName" of 1 to ${limits.uploadFileNameBytesMax} letters, digits, "_" or ".", with a letter or digit first`, got: name }
  if (typeof fileSize !== 'number' || !Number.isInteger(fileSize) || fileSize < -1)
    return { expected: '"fileSize" in bytes, or -1 when it is not known', got: fileSize }
  if (!(conflictStrategies as readonly unknown[]).includes(strategy))
    return { expected: `"conflictStrategy" to be one of ${conflictStrategies.join(', ')}`, got: strategy }
  if (ficMode !== undefined && ficMode !== 'crc64' && ficMode !== '')
    return { expected: '"ficMode" to be "crc64"', got: ficMode }
  const isChecked = ficMode === 'crc64' || (ficValue !== undefined && ficValue !== '')
  if (isChecked && (typeof ficValue !== 'string' || !crc64Hex.test(ficValue)))
    return { expected: '"ficValue" of 16 hex digits', got: ficValue }
  if (initUid !== undefined && (typeof initUid !== 'string' || initUid.length > initUidCharsMax))
    return { expected: `"initUid" to be a text of at most ${initUidCharsMax} characters`, got: initUid }
  if (extraParams !== undefined && (!isJsonObject(extraParams) || JSON.stringify(extraParams).length > extraBytesMax))
    return { expected: `"extraParams" to be an object of at most ${extraBytesMax} characters`, got: extraParams }
  return {
    fileName: name,
    fileSize,
    strategy: strategy as ConflictStrategy,
    ficValue: isChecked ? String(ficValue).toLowerCase() : null,
    initUid: initUid === undefined || initUid === '' ? null : initUid,
    extra: extraParams ?? null,
  }
}

/** The `params` in the header of `thing/file/upload/mqtt/send`. Never throws. */
export function parseFileBlock(params: JsonValue | undefined): FileBlock | FileProblem {
  if (!isJsonObject(params))
    return { expected: '"params" to be an object with "uploadId", "offset", "bSize" and "isComplete"', got: params }
  const { uploadId, offset, bSize, isComplete = false } = params
  if (typeof uploadId !== 'string' || uploadId === '')
    return { expected: '"uploadId" as the reply to init gave it', got: uploadId }
  if (!isCount(offset))
    return { expected: '"offset" of the block in bytes', got: offset }
  if (!isCount(bSize))
    return { expected: '"bSize", the bytes of the block', got: bSize }
  if (typeof isComplete !== 'boolean' && isComplete !== 0 && isComplete !== 1)
    return { expected: '"isComplete" to be true or false', got: isComplete }
  return { uploadId, offset, bSize, isComplete: Boolean(isComplete) }
}

/** The `params` of `thing/file/upload/mqtt/cancel`. Never throws. */
export function parseFileCancel(params: JsonValue | undefined): { uploadId: string } | FileProblem {
  const uploadId = isJsonObject(params) ? params.uploadId : undefined
  return typeof uploadId === 'string' && uploadId !== '' ? { uploadId } : { expected: '"params.uploadId" as the reply to init gave it', got: params }
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** A frame of `thing/file/upload/mqtt/send` taken apart; `header` and `data` are views into it. */
export interface FileFrame {
  header: Uint8Array
  data: Uint8Array
  /** The CRC-16/ARC that came with the data. */
  crc: number
  /** Where the data begins. */
  dataFrom: number
}

const lengthBytes = 2
const crcBytes = 2

/**
 * Takes apart the binary frame of a block: two bytes big-endian length of the JSON header, the header, the data, and two
 * bytes little-endian CRC-16/ARC of the data (Alink 7.6, trap T25). Undefined when the frame is too short for the header
 * it announces. Any bytes give a value; nothing is thrown.
 */
export function parseFileFrame(frame: Uint8Array): FileFrame | undefined {
  if (frame.length < lengthBytes + crcBytes)
    return undefined
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const dataFrom = lengthBytes + view.getUint16(0)
  const dataTo = frame.length - crcBytes
  if (dataFrom > dataTo)
    return undefined
  return { header: frame.subarray(lengthBytes, dataFrom), data: frame.subarray(dataFrom, dataTo), crc: view.getUint16(dataTo, true), dataFrom }
}

/** Puts a block and its header, JSON as UTF-8, into a frame: the reverse of {@link parseFileFrame}, as a device does it. */
export function buildFileFrame(header: Uint8Array, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(lengthBytes + header.length + data.length + crcBytes)
  const view = new DataView(frame.buffer)
  view.setUint16(0, header.length)
  frame.set(header, lengthBytes)
  frame.set(data, lengthBytes + header.length)
  view.setUint16(frame.length - crcBytes, crc16Arc(data), true)
  return frame
}
