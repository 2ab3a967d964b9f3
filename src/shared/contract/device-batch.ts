import type { DeviceSummary } from './device.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** What becomes of a batch: its names are checked, then its devices are made, each with a good or a bad end. */
export const batchStatuses = ['CHECK', 'CHECK_SUCCESS', 'CHECK_FAILED', 'CREATE', 'CREATE_SUCCESS', 'CREATE_FAILED'] as const
export type BatchStatus = (typeof batchStatuses)[number]

/** Why a device of a batch cannot be made: its name or nickname has a wrong form, its name is there twice, or a device has it. */
export type BatchFault = 'name' | 'nickname' | 'repeated' | 'taken'

export interface RefusedDevice {
  deviceName: string
  nickname: string
  fault: BatchFault
  /** In a sentence. */
  reason: string
}

/** Devices that are checked and made together. */
export interface DeviceBatch {
  applyId: number
  productKey: string
  status: BatchStatus
  createdAt: number
  deviceCount: number
  /** Why the devices were not made; empty unless that failed. */
  reason: string
  refused: RefusedDevice[]
}

const applyId = z.int().min(1)

export const deviceBatchMethods = {
  'deviceBatch.check': method({
    about: 'Checks the names of devices that are to be made together, and keeps them as a batch; none is made yet.',
    input: z.strictObject({
      productKey: productKeySchema,
      devices: z.array(z.strictObject({ deviceName: z.string().max(limits.batchNameCharsMax), nickname: z.string().max(limits.batchNameCharsMax).default('') })).min(1).max(limits.devicesPerBatchMax),
    }),
    output: type<DeviceBatch>(),
  }),
  'deviceBatch.create': method({
    about: 'Begins to make the devices of a batch whose names were all right; they are there when its status says so.',
    input: z.strictObject({ productKey: productKeySchema, applyId }),
    output: type<DeviceBatch>(),
  }),
  'deviceBatch.generate': method({
    about: 'Begins to make as many devices with names that are made up for them.',
    input: z.strictObject({ productKey: productKeySchema, count: z.int().min(1).max(limits.devicesPerBatchMax) }),
    output: type<DeviceBatch>(),
  }),
  'deviceBatch.get': method({
    about: 'A batch of devices with its status and the names that are in it.',
    input: z.strictObject({ applyId, productKey: productKeySchema.optional() }),
    output: type<DeviceBatch & { deviceNames: string[] }>(),
  }),
  'deviceBatch.devices': method({
    about: 'The devices of a batch that have been made and are still there, with their secrets, a page at a time.',
    input: z.strictObject({ applyId, offset: z.int().min(0).default(0), limit: z.int().min(1).max(1_000).default(200) }),
    output: type<{ devices: (DeviceSummary & { deviceSecret: string })[], total: number }>(),
  }),
}
