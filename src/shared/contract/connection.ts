import type { DeviceConnection, DeviceIdentity } from './device.ts'
import type { ListPosition } from './event.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { listPositionSchema } from './event.ts'
import { productKeySchema } from './product.ts'

export const pastConnectionKinds = ['session', 'refused'] as const

/** A time that a device was connected, or attempts to connect that were refused for the same reason one after the other. */
export interface PastConnection {
  /** Grows with time. */
  connectionId: number
  kind: (typeof pastConnectionKinds)[number]
  beganAt: number
  /** Null while the device is connected; of refused attempts, when the last of them was. */
  endedAt: number | null
  /** How many attempts; 1 of a session. */
  count: number
  /** Why it ended or was refused, 200 for a device that took its leave; null while it is connected, and when the engine ended without noticing the end. */
  code: number | null
  message: string
  remoteAddress: string
  transport: DeviceConnection['transport']
  clientId: string
  /** Not known of an attempt that was refused. */
  protocolVersion: DeviceConnection['protocolVersion'] | null
  keepaliveSec: number | null
  clean: boolean | null
  /** Through which gateway; null for a connection of its own. */
  gateway: DeviceIdentity | null
  /** Rows of the trace that tell of the beginning and of the end; 0 where there is none. */
  beganRowId: number
  endedRowId: number
}

/** A version of a module that a device reported and that was another one than before. */
export interface VersionChange {
  changeId: number
  module: string
  version: string
  /** When it was first reported. */
  reportedAt: number
}

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }

export const connectionMethods = {
  'device.connections': method({
    about: 'When a device was connected, from where and why it ended, and when it was refused; begun last first, a page at a time.',
    input: z.strictObject({
      ...identity,
      kind: z.enum(pastConnectionKinds).optional(),
      /** Those that touch this time, both ends included. */
      fromAt: z.number().optional(),
      toAt: z.number().optional(),
      before: listPositionSchema.optional(),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ connections: PastConnection[], next: ListPosition | null }>(),
  }),
  'device.versionHistory': method({
    about: 'The versions that the modules of a device have had, the newest first, a page at a time.',
    input: z.strictObject({
      ...identity,
      /** Changes with a smaller id. */
      before: z.int().optional(),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ changes: VersionChange[], next: number | null }>(),
  }),
}
