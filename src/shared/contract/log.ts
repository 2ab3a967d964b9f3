import type { JsonObject } from '../json.ts'
import type { ScanPosition } from './trace.ts'
import { z } from 'zod'
import { logTypes } from '../log/business-types.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'
import { answerWithinMsSchema } from './trace.ts'

/** What the platform's log can be searched by (platform rule LOG-7). */
export const logFilterSchema = z.strictObject({
  productKey: productKeySchema.optional(),
  /** An exact device name; within `productKey` when both are given. */
  deviceName: z.string().max(64).optional(),
  /** The chain of one message: 16 hex digits. */
  traceId: z.string().max(64).optional(),
  /** The platform's id of one message; only messages up and down have one. */
  messageId: z.string().max(64).optional(),
  /** Only records of messages that came more than so many milliseconds after the one that began their chain: late replies. */
  lagAboveMs: z.number().min(0).max(1e9).optional(),
  /** Part of a record's content or operation, any case. */
  keyword: z.string().max(256).optional(),
  /** `successful` is code 200, `failed` any other one; left out: all. */
  state: z.enum(['successful', 'failed']).optional(),
  /** An exact code of a record. */
  code: z.int().optional(),
  /** Any of these; left out: all. */
  bizCodes: z.array(z.enum(logTypes)).max(logTypes.length).optional(),
  /** Part of the operation, any case. */
  operation: z.string().max(256).optional(),
  /** Both included, epoch milliseconds. */
  fromAt: z.number().optional(),
  toAt: z.number().optional(),
})
export type LogFilterInput = z.input<typeof logFilterSchema>

/** What a record says: `TraceId`, `Message` on failures, `Notice` where the sender should know something although all went well, `Params` and `ResultData` where there are some, `Content` of messages (platform rule LOG-12). */
export interface LogContent extends JsonObject { TraceId: string }

/** One record of the platform's log: one step of a message, a call or a connection (platform rules LOG-9 to LOG-12). */
export interface LogRecord {
  /** The row of the trace that the record is of, and its place among that row's records, in the order of events. */
  rowId: number
  place: number
  /** Epoch milliseconds. */
  at: number
  /** 16 hex digits, the same on every record of one journey. */
  traceId: string
  /** The platform's id of the message; null for what is no message up or down. */
  messageId: string | null
  /** Empty when the identity is not known. */
  productKey: string
  deviceName: string
  bizCode: string
  operation: string
  /** The state: 200 is success. */
  code: number
  content: LogContent
}

export const logMethods = {
  'log.search': method({
    about: 'Records of the platform\'s log, newest first (`before`) or oldest first (`after`). The records of one message stay together, so a page can hold a few more than asked for.',
    input: z.strictObject({
      filter: logFilterSchema.default({}),
      /** Records of rows with a smaller id; leave both out for the newest. */
      before: z.number().optional(),
      /** Records of rows with a larger id, oldest first. */
      after: z.number().optional(),
      limit: z.int().min(1).max(1_000).default(100),
      withinMs: answerWithinMsSchema,
    }),
    output: type<{
      records: LogRecord[]
      /** Pass it as `before`/`after` to go on; null when everything was searched. */
      nextId: number | null
    } & ScanPosition>(),
  }),
}
