import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

export type LadderStepName = 'tcp' | 'tls' | 'connect' | 'identity' | 'signature' | 'admitted' | 'subscribed'

/** One rung: `skipped` for TLS on a plain connection, `waiting` while the device has not subscribed to anything. */
export interface LadderStep {
  step: LadderStepName
  state: 'passed' | 'failed' | 'skipped' | 'waiting' | 'not-reached'
  /** Of a failed step: the platform's code, and a sentence that says what was expected and what came. */
  code?: number
  message?: string
  /** Of a wrong signature: the exact text that has to be signed. */
  signedContent?: string
}

/** One attempt of a device to connect, from its first byte on. */
export interface ConnectionAttempt {
  at: number
  remoteAddress: string
  transport: 'tcp' | 'websocket' | 'tls' | 'in-process'
  clientId: string
  username: string
  /** As the device claimed it; null when it could not be read. */
  productKey: string | null
  deviceName: string | null
  /** 200 when it was let in. */
  code: number
  message: string
  /** Through which gateway a sub-device wanted to log in; absent for a device that connects by itself. */
  gateway?: { productKey: string, deviceName: string }
  steps: LadderStep[]
}

export const attemptMethods = {
  'device.attempts': method({
    about: 'The last attempts of a device to connect, newest first, each as a ladder of steps.',
    input: z.strictObject({ productKey: productKeySchema, deviceName: deviceNameSchema }),
    output: type<{ attempts: ConnectionAttempt[] }>(),
  }),
  'connection.attempts': method({
    about: 'The last attempts to connect of nobody that is known: failed handshakes, unreadable packets, unknown names. Newest first.',
    input: z.strictObject({}),
    output: type<{ attempts: ConnectionAttempt[] }>(),
  }),
}
