import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { FileProblem } from '../../../shared/alink/file-upload.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice } from '../feature.ts'
import type { FileDisk } from './file-disk.ts'
import type { StoredFiles } from './stored-files.ts'
import type { Transfers } from './transfers.ts'
import type { Upload, Uploads } from './uploads.ts'
import { Buffer } from 'node:buffer'
import { parseFileBlock, parseFileCancel, parseFileInit } from '../../../shared/alink/file-upload.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { fileIssue, judgeBlock, judgeInit, noUpload } from './rules.ts'

/** What the answers to uploading devices are made from. */
export interface UploadDesk {
  disk: FileDisk
  files: StoredFiles
  uploads: Uploads
  transfers: Transfers
  applyLimits: () => boolean
  makeId: () => string
}

/** Bytes of a block that the trace keeps beside the header, when the block itself is in the file. */
export const blockBytesShown = 64

/** A device wants to upload a file, or asks where an upload of the same `initUid` stands (Alink 7.6). */
export function beginUpload(desk: UploadDesk, { deviceId }: FeatureDevice, { params }: AlinkRequest, at: number): RequestVerdict {
  const init = parseFileInit(params)
  if ('expected' in init)
    return refuse(init)
  const { files, uploads } = desk
  const known = init.initUid === null ? undefined : findCurrent(uploads.withUid(deviceId, init.initUid), at)
  // Whoever has deleted the file wants to see it come again.
  if (known && (known.state !== 'ended' || files.named(deviceId, known.fileName)))
    return { data: initData(known) }
  const shelf = { known: files.named(deviceId, init.fileName), filesOfDevice: files.countOf(deviceId), files: files.count, bytes: files.bytes + uploads.openBytes }
  const { issue, notices = [] } = judgeInit(init, shelf, { openOfDevice: uploads.openOf(deviceId).length, all: uploads.count }, desk.applyLimits())
  if (issue)
    return { issue }
  const { extra, ...wanted } = init
  const upload: Upload = { ...wanted, uploadId: desk.makeId(), deviceId, extra: extra && JSON.stringify(extra), startedAt: at, state: 'open', received: 0, written: 0 }
  return { data: initData(upload), notices, until: desk.transfers.begin(upload).then(failure => failure && { issue: failure }) }
}

/** One block of an upload: `data` and `crc` as the frame brought them. `kept` is what the trace keeps when the block is taken. */
export function takeBlock(desk: UploadDesk, { deviceId }: FeatureDevice, { params }: AlinkRequest, { data, crc, kept }: { data: Uint8Array, crc: number, kept: Uint8Array }, at: number): RequestVerdict {
  const block = parseFileBlock(params)
  if ('expected' in block)
    return refuse(block)
  const { uploadId, offset, bSize, isComplete } = block
  const upload = findCurrent(desk.uploads.find(deviceId, uploadId), at)
  if (upload === undefined)
    return { issue: noUpload, data: { bSize, complete: false, offset: 0, uploadId } }
  const refusal = (issue: ValidationIssue): RequestVerdict => ({ issue, data: { bSize, complete: upload.state === 'ended', offset: upload.received, uploadId } })
  const bytes = desk.files.bytes + desk.uploads.openBytes
  const verdict = judgeBlock(upload, { ...block, data, crc }, { bytes, waitingBytes: desk.disk.waitingBytes, applyLimits: desk.applyLimits() })
  if (typeof verdict === 'object')
    return refusal(verdict)
  const done = verdict === 'repeat' ? desk.transfers.endAgain(upload) : desk.transfers.append(upload, data, isComplete)
  const isCut = data.length > blockBytesShown
  return {
    data: { bSize, complete: isComplete, offset, uploadId },
    until: done.then(failure => failure && refusal(failure)),
    ...(isCut && { keptPayload: kept, notices: [{ code: 200, path: '', rule: 'block-stored', expected: String(blockBytesShown), got: String(bSize) }] }),
  }
}

/** A device gives an upload up. */
export function cancelUpload({ uploads, transfers }: UploadDesk, { deviceId }: FeatureDevice, { params }: AlinkRequest, at: number): RequestVerdict {
  const cancel = parseFileCancel(params)
  if ('expected' in cancel)
    return refuse(cancel)
  const data = { uploadId: cancel.uploadId }
  const upload = findCurrent(uploads.find(deviceId, cancel.uploadId), at)
  if (upload === undefined)
    return { issue: noUpload, data }
  if (upload.state === 'ended')
    return { issue: fileIssue(78124, 'an upload that is under way', 'one that has ended'), data }
  return { data, statements: [{ key: `file-upload ${upload.uploadId}`, statement: transfers.drop(upload) }] }
}

/** Uploads are over after 24 hours, even when nobody has cleared them away yet. */
function findCurrent(upload: Upload | undefined, at: number): Upload | undefined {
  return upload && at - upload.startedAt < limits.uploadKeptMs ? upload : undefined
}

function initData({ fileName, fileSize, initUid, received, uploadId }: Upload): JsonObject {
  return { fileName, fileSize, ...(initUid !== null && { initUid }), offset: received, uploadId }
}

function refuse({ expected, got }: FileProblem): RequestVerdict {
  return { issue: { code: 460, path: '', rule: 'bad-form', expected, got: toSnippet(got) } }
}

/** The part of a frame that the trace keeps: length, header and the first bytes of the data. */
export function headOfFrame(frame: Uint8Array, dataFrom: number): Uint8Array {
  return Buffer.from(frame.subarray(0, dataFrom + blockBytesShown))
}
