import type { JsonObject } from '../json.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const fileIdSchema = z.string().regex(/^[\da-f]{16}$/, 'expected the id of a file as file.list gives it')

/** A file that a device has uploaded. */
export interface DeviceFile {
  fileId: string
  name: string
  /** Bytes. */
  size: number
  /** CRC-64/XZ of the whole file as 16 hex digits. */
  crc64: string
  uploadedAt: number
  /** What the device said about the file besides, its tags among it; null for nothing. */
  extra: JsonObject | null
}

/** An upload that is under way. */
export interface DeviceUpload {
  uploadId: string
  name: string
  /** Bytes that are there, and bytes that are to come in all; null when the device did not know. */
  received: number
  size: number | null
  startedAt: number
}

export const fileMethods = {
  'file.list': method({
    about: 'The files that a device has uploaded, newest first, a page at a time, and its uploads under way.',
    input: z.strictObject({
      ...identity,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(200),
    }),
    output: type<{ files: DeviceFile[], total: number, uploads: DeviceUpload[] }>(),
  }),
  'file.get': method({
    about: 'A part of an uploaded file from `offset` on; at its end and beyond, no bytes.',
    input: z.strictObject({
      ...identity,
      fileId: fileIdSchema,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(limits.filePartBytesMax).default(limits.filePartBytesMax),
    }),
    output: type<{ name: string, size: number, bytes: Uint8Array }>(),
  }),
  'file.link': method({
    about: 'An address from which an uploaded file can be downloaded without signing in, for an hour.',
    input: z.strictObject({ ...identity, fileId: fileIdSchema }),
    output: type<{
      file: DeviceFile
      /** Null while there is no HTTP listener for devices. */
      url: string | null
      /** Epoch milliseconds. */
      expiresAt: number | null
    }>(),
  }),
  'file.delete': method({
    about: 'Deletes uploaded files of a device; ids that it has not are passed over.',
    input: z.strictObject({ ...identity, fileIds: z.array(fileIdSchema).min(1).max(1_000) }),
    output: type<{ deleted: number }>(),
  }),
}
