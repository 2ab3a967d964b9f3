import type { JsonValue } from '../json.ts'
import { z } from 'zod'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }

/**
 * Where a command is: `open` until it ends; `answered` by the device, with any code; `unanswered` when no answer came in time
 * or the connection broke; `refused` when it was never sent; `stored` when nothing had to be sent for it; `sent` when it is
 * a message that nobody answers.
 */
export const deviceCommandStates = ['open', 'answered', 'unanswered', 'refused', 'stored', 'sent'] as const
export type DeviceCommandState = (typeof deviceCommandStates)[number]

/** Who gave a command: the page or the command line, a caller of the cloud's API, or the platform by itself. */
export type CommandOrigin = 'console' | 'api' | 'platform'

/** A command to a device with what became of it. */
export interface DeviceCommand {
  /** Grows with time; the key for paging. */
  commandId: number
  /** Epoch milliseconds. */
  at: number
  /** The operation of the platform's API: `SetDeviceProperty`, `GetDeviceProperty`, `SetDeviceDesiredProperty`, `InvokeThingService`, `RRpc`, `Pub` … */
  operation: string
  /** The Alink method; empty for bytes. */
  method: string
  /** What was asked for: values by property, `{properties}` of a get, `{service, input}` of a call, `{topic, payloadBase64}` of bytes. */
  params: JsonValue
  /** The id that the device saw; null when nothing was sent. */
  messageId: string | null
  origin: CommandOrigin
  /** Sent although it breaks the thing model. */
  unchecked: boolean
  /** How long the answer is waited for; null: as long as it takes. */
  timeoutMs: number | null
  state: DeviceCommandState
  /** 200, what the device answered, or why the command came to nothing; null while it is open. */
  code: number | null
  message: string
  /** What the device returned, or what was stored. */
  data: JsonValue
  /** When the answer came; null when none did. */
  answeredAt: number | null
  /** The row of the trace that began the journey, and the one of the command; 0 when there is none. */
  traceId: number
  rowId: number
}

export const deviceCommandMethods = {
  'deviceCommand.list': method({
    about: 'Commands to a device, newest first, whoever gave them, with their answers.',
    input: z.strictObject({
      ...identity,
      /** Only commands with a smaller id. */
      before: z.int().optional(),
      limit: z.int().min(1).max(500).default(50),
    }),
    /** Pass `next` as `before` to go on; null after the last one. */
    output: type<{ commands: DeviceCommand[], next: number | null }>(),
  }),
}

export const deviceCommandStreams = {
  'deviceCommand.watch': stream({
    about: 'Commands to a device as they are given and again when they end; a slow reader gets only their newest form.',
    input: z.strictObject(identity),
    item: type<{ commands: DeviceCommand[] }>(),
  }),
}
