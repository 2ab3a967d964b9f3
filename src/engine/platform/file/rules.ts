import type { FileBlock, FileInit } from '../../../shared/alink/file-upload.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { FileRow } from './rows.ts'
import type { Upload } from './uploads.ts'
import { crc16Arc } from '../../../shared/frame/crc.ts'
import { limits } from '../../../shared/limits.ts'
import { shortenName } from '../../../shared/thing-model/issue.ts'

/** What an upload is refused for. */
export function fileIssue(code: number, expected: string, got: string): ValidationIssue {
  return { code, path: '', rule: 'file-upload', expected, got }
}

export const noUpload: ValidationIssue = fileIssue(78122, 'the id of an upload that is under way', 'an unknown one')

/** How full the store for files is. */
export interface Shelf {
  /** The device's file of the same name. */
  known: FileRow | undefined
  filesOfDevice: number
  files: number
  /** Bytes of all files and of all uploads under way. */
  bytes: number
}

/** How many uploads there are. */
export interface UploadCounts { openOfDevice: number, all: number }

/**
 * Whether an upload may begin (Alink 7.6). The cloud keeps 1,000 files of a device and 1 GB of an account (Alink 1.6); without
 * its limits we keep ten times as many and 16 GB, and say when the cloud would have refused. A full account ends with 6760,
 * the platform's code for a full store, because the protocol has none of its own. Pure.
 */
export function judgeInit(init: FileInit, shelf: Shelf, uploads: UploadCounts, applyLimits: boolean): { issue?: ValidationIssue, notices?: ValidationIssue[] } {
  const { known } = shelf
  const bytes = Math.max(init.fileSize, 0)
  const wholeBytes = bytes + (init.strategy === 'append' ? known?.size ?? 0 : 0)
  if (wholeBytes > limits.uploadFileBytesMax)
    return { issue: fileIssue(78117, `a file of at most ${limits.uploadFileBytesMax} bytes`, `${wholeBytes}`) }
  if (init.strategy === 'reject' && known)
    return { issue: fileIssue(78123, 'a name that the device has no file of, because of its strategy "reject"', shortenName(init.fileName)) }
  if (uploads.openOfDevice >= limits.uploadsOpenPerDeviceMax)
    return { issue: fileIssue(429, `at most ${limits.uploadsOpenPerDeviceMax} uploads of a device at a time`, 'one more') }
  if (uploads.all >= limits.uploadsMax)
    return { issue: fileIssue(429, `at most ${limits.uploadsMax} uploads of all devices within a day`, 'one more') }
  const files = shelf.filesOfDevice + (known ? 0 : 1)
  const cloudIssue = files > limits.filesPerDeviceMax
    ? fileIssue(78129, `at most ${limits.filesPerDeviceMax} files of a device`, 'one more')
    : shelf.bytes + bytes > limits.filesBytesMax ? quotaIssue(limits.filesBytesMax, shelf.bytes + bytes) : undefined
  if (cloudIssue && applyLimits)
    return { issue: cloudIssue }
  if (files > limits.filesKeptPerDeviceMax)
    return { issue: fileIssue(78129, `at most ${limits.filesKeptPerDeviceMax} files of a device`, 'one more') }
  if (shelf.files >= limits.filesKeptMax && !known)
    return { issue: fileIssue(78129, `at most ${limits.filesKeptMax} files of all devices`, 'one more') }
  if (shelf.bytes + bytes > limits.filesKeptBytesMax)
    return { issue: quotaIssue(limits.filesKeptBytesMax, shelf.bytes + bytes) }
  return cloudIssue ? { notices: [{ ...cloudIssue, code: 200, rule: 'cloud-rule', path: shortenName(init.fileName) }] } : {}
}

function quotaIssue(bytesMax: number, bytes: number): ValidationIssue {
  return fileIssue(6760, `at most ${bytesMax} bytes in all files`, `${bytes}`)
}

/** How much room there is for the bytes of a block. */
export interface BlockRoom {
  /** Bytes of all files and of all uploads under way. */
  bytes: number
  /** Bytes that wait for the disk. */
  waitingBytes: number
  applyLimits: boolean
}

/** A block as it came. */
export interface ReceivedBlock extends FileBlock { data: Uint8Array, crc: number }

/**
 * Whether a block is taken (Alink 7.6): its size, its CRC, and whether it begins where the upload stands. `repeat`: the last
 * block came again because the end of the upload failed; it is there already, and the end is tried once more. Pure.
 */
export function judgeBlock(upload: Upload, block: ReceivedBlock, room: BlockRoom): ValidationIssue | 'take' | 'repeat' {
  if (upload.state === 'ended')
    return fileIssue(78124, 'an upload that is under way', 'one that has ended')
  const formIssue = judgeForm(block)
  if (formIssue)
    return formIssue
  const { offset, bSize, isComplete } = block
  const end = offset + bSize
  const { received } = upload
  if (offset !== received || upload.state === 'ending') {
    if (isComplete && end === received && upload.state === 'open')
      return 'repeat'
    return end <= received
      ? fileIssue(78126, `a block from offset ${received} on`, `one of ${bSize} bytes at ${offset}, which is there already`)
      : fileIssue(78119, `a block from offset ${received} on`, `one at ${offset}`)
  }
  if (end > limits.uploadFileBytesMax)
    return fileIssue(78117, `a file of at most ${limits.uploadFileBytesMax} bytes`, `${end}`)
  if (upload.fileSize >= 0 && end > upload.fileSize)
    return fileIssue(460, `the ${upload.fileSize} bytes that "fileSize" announced`, `${end}`)
  if (room.waitingBytes + bSize > limits.uploadQueueBytesMax)
    return fileIssue(78127, `at most ${limits.uploadQueueBytesMax} bytes at a time that the disk has not taken`, `${room.waitingBytes + bSize}`)
  const bytesMax = room.applyLimits ? limits.filesBytesMax : limits.filesKeptBytesMax
  return room.bytes + bSize > bytesMax ? quotaIssue(bytesMax, room.bytes + bSize) : 'take'
}

function judgeForm({ bSize, isComplete, data, crc }: ReceivedBlock): ValidationIssue | undefined {
  if (data.length !== bSize)
    return fileIssue(460, `"bSize" to be the number of bytes between header and CRC, which is ${data.length}`, `${bSize}`)
  if (bSize > limits.uploadBlockBytesMax)
    return fileIssue(78118, `a block of at most ${limits.uploadBlockBytesMax} bytes`, `${bSize}`)
  if (bSize < limits.uploadBlockBytesMin && !isComplete)
    return fileIssue(78120, `a block of at least ${limits.uploadBlockBytesMin} bytes, or the last one`, `${bSize}`)
  const computed = crc16Arc(data)
  return computed === crc ? undefined : fileIssue(78121, `CRC-16/ARC ${hex16(computed)} of the data, low byte first`, hex16(crc))
}

function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`
}
