import type { LogLevel } from '../alink/device-log.ts'
import type { ListPosition } from './event.ts'
import { z } from 'zod'
import { logLevels } from '../alink/device-log.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { listPositionSchema } from './event.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const word = z.string().min(1).max(256)

/** A line of a device's own log as it is kept. */
export interface DeviceLogLine {
  lineId: number
  productKey: string
  deviceName: string
  /** When it was reported and when the device wrote it, epoch milliseconds; the latter null when not told. */
  reportedAt: number
  collectedAt: number | null
  level: LogLevel
  /** The device's own word for the level. */
  levelWord: string
  module: string
  code: string
  /** The chain it belongs to, as the device names it. */
  traceContext: string
  content: string
}

export const deviceLogMethods = {
  'deviceLog.page': method({
    about: 'Lines of devices\' own logs, those reported last first, a page at a time.',
    input: z.strictObject({
      productKey: productKeySchema.optional(),
      /** An exact device name; within `productKey` when both are given. */
      deviceName: z.string().max(64).optional(),
      /** The exact chain. */
      traceContext: word.optional(),
      /** The exact module. */
      module: word.optional(),
      /** Part of the text or the code, any case. */
      keyword: word.optional(),
      level: z.enum(logLevels).optional(),
      /** With `level`: the more severe ones too. */
      orWorse: z.boolean().default(false),
      /** When they were reported, both ends included. */
      fromAt: z.number().optional(),
      toAt: z.number().optional(),
      before: listPositionSchema.optional(),
      limit: z.int().min(1).max(1_000).default(200),
    }),
    output: type<{ lines: DeviceLogLine[], next: ListPosition | null }>(),
  }),
  'deviceLog.isEnabled': method({
    about: 'Whether a device\'s own log is taken; while nobody has said so, only that of simulated devices.',
    input: z.strictObject(identity),
    output: type<{ enabled: boolean }>(),
  }),
  'deviceLog.setEnabled': method({
    about: 'Switches the taking of a device\'s own log on or off; a device that is online is told at once, another one asks when it comes back.',
    input: z.strictObject({ ...identity, enabled: z.boolean() }),
    output: type<{
      enabled: boolean
      /** The device was told. */
      isSent: boolean
    }>(),
  }),
}
