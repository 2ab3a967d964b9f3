import type { Mistake, MistakeKind } from '../diagnose/mistake.ts'
import type { IssueRule } from '../thing-model/issue.ts'
import type { MessageWay } from './journey.ts'
import { z } from 'zod'
import { method, stream, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** `up` from the device, `down` to it, `record` for what is logged without a message (online, offline, a refused connect). */
export const traceDirections = ['up', 'down', 'record'] as const
export type TraceRowDirection = (typeof traceDirections)[number]

export const traceFilterSchema = z.strictObject({
  productKey: productKeySchema.optional(),
  /** An exact device name; within `productKey` when both are given. */
  deviceName: z.string().max(64).optional(),
  /** Part of the topic, any case. */
  topic: z.string().max(128).optional(),
  direction: z.enum(traceDirections).optional(),
  /** An exact code, or `failed` for every code but 200. */
  code: z.union([
    z.int(),
    z.literal('failed'),
  ]).optional(),
  /** Part of the payload as text. */
  text: z.string().max(256).optional(),
  /** The chain of one message: 16 hex digits. */
  traceId: z.string().max(64).optional(),
  /** The platform's id of one message. */
  messageId: z.string().max(64).optional(),
  /** Only what came more than so many milliseconds after the message that began its chain: late replies. */
  lagAboveMs: z.number().min(0).max(1e9).optional(),
  /** `false`: only messages that want an answer and have none. In the live tail such a message comes when it has waited for five seconds. */
  answered: z.literal(false).optional(),
  fromAt: z.number().optional(),
  toAt: z.number().optional(),
})
export type TraceFilterInput = z.input<typeof traceFilterSchema>

/** A search answers by then with what it has found and how far it came; asked again from there, it goes on. */
export const answerWithinMsSchema = z.int().min(10).max(10_000).default(500)

/** How far a search came, for showing it. */
export interface ScanPosition {
  /** The instant that was reached, epoch milliseconds; null where nothing had to be looked through. */
  scannedAt: number | null
  /** The share of what is kept in the time range of the filter that has been searched, 0 to 1, counted from the end where the search began. */
  scannedShare: number
}

/** One line of the trace table. */
export interface TraceRow {
  /** Grows with time; the key for paging. */
  id: number
  at: number
  direction: TraceRowDirection
  /** Empty when the identity is not known. */
  productKey: string
  deviceName: string
  topic: string
  qos: number
  payloadBytes: number
  /** The start of the payload as text, at most 240 characters; hex for binary. */
  preview: string
  code: number | null
  /** Id of the row that caused this one (the request of a reply). */
  causeId: number | null
  /** The first mistake that was recognised in it; left out when there is none. */
  mistake?: MistakeKind
}

/** One step a message took through the platform, in the words of the platform's log. */
export interface TraceStep { bizCode: string, operation: string, code: number, message?: string }

/** One thing wrong with a message: which field, what was expected, what came. */
export interface TraceIssue {
  code: number
  path: string
  expected: string
  got: string
  message: string
  /** Which rule was broken; with it `explainIssue` of the thing model says the sentence in another language. */
  rule?: IssueRule
}

export interface TraceDetail extends TraceRow {
  /** 16 hex digits, the same on every row of one journey. */
  traceId: string
  payload: Uint8Array
  /** One sentence saying why the code is what it is; null when there is nothing to explain. */
  explanation: string | null
  issues: TraceIssue[]
  steps: TraceStep[]
  /** Every row of the same journey, oldest first, this one included. */
  journey: TraceRow[]
  /** Mistakes that were recognised in it, or in the message that is its answer or its question; `explainMistake` says them in words. */
  mistakes: Mistake[]
  /** The way of the message and its answer, with times; null for a record, which is no message. */
  way: MessageWay | null
}

export interface TraceMessage extends TraceRow {
  payload: Uint8Array
  explanation: string | null
  mistakes: Mistake[]
}

export const traceMethods = {
  'trace.page': method({
    about: 'A page of the trace, newest first (`before`) or oldest first (`after`); filters run over everything kept.',
    input: z.strictObject({
      filter: traceFilterSchema.default({}),
      /** Rows with a smaller id, newest first; leave both out for the newest. */
      before: z.number().optional(),
      /** Rows with a larger id, oldest first. */
      after: z.number().optional(),
      limit: z.int().min(1).max(1_000).default(200),
      withinMs: answerWithinMsSchema,
    }),
    output: type<{
      rows: TraceRow[]
      /** Pass it as `before`/`after` to go on; null when everything was scanned. */
      nextId: number | null
    } & ScanPosition>(),
  }),
  'trace.messages': method({
    about: 'The last messages that match, oldest first, with their payloads; with `withinMs` what was found of them by then.',
    input: z.strictObject({
      filter: traceFilterSchema.default({}),
      last: z.int().min(1).max(100_000).default(100),
      /** Only rows with a smaller id, for reading many messages in several calls. */
      before: z.number().optional(),
      /** Left out: the answer comes when all have been found. */
      withinMs: answerWithinMsSchema.removeDefault().optional(),
    }),
    output: type<{
      messages: TraceMessage[]
      /** Pass it as `before` to go on; null when everything was searched. */
      nextId: number | null
    } & ScanPosition>(),
  }),
  'trace.get': method({
    about: 'One row with its payload, verdict and journey.',
    input: z.strictObject({
      id: z.number(),
    }),
    output: type<TraceDetail>(),
  }),
}

export interface TraceTail {
  /** New rows, oldest first; at most a few hundred an item. */
  rows: TraceRow[]
  /** How many rows that match came since the last item, shown or not. */
  arrived: number
  /** How many were left out of `rows` because there were too many; the trace has them. */
  skipped: number
}

export const traceStreams = {
  'trace.tail': stream({
    about: 'New rows that match, coalesced to at most 20 items a second.',
    input: z.strictObject({
      filter: traceFilterSchema.default({}),
    }),
    item: type<TraceTail>(),
  }),
  'trace.export': stream({
    about: 'Everything that matches, oldest first, as CSV or JSON lines in chunks of text.',
    input: z.strictObject({
      filter: traceFilterSchema.default({}),
      format: z.enum(['csv', 'jsonl']),
    }),
    item: type<{ text: string, rows: number }>(),
    ends: true,
  }),
}
