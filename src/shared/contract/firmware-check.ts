import type { ConnectionAttempt } from './attempts.ts'
import type { DeviceCertificate } from './device.ts'
import { z } from 'zod'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** What a device is seen to do, in the order in which a firmware usually learns it. */
export const checkSteps = ['connect', 'subscribe', 'post', 'set', 'version', 'config', 'reconnect', 'event', 'service', 'time', 'update'] as const
export type CheckStep = (typeof checkSteps)[number]

/** What the platform can do from its side so that a step can happen. */
export const causableSteps = ['set', 'config', 'reconnect', 'service'] as const
export type CausableStep = (typeof causableSteps)[number]

/** When something was seen, and the row of the trace that tells of it; null for what began before the check did. */
export interface CheckEvidence { at: number, rowId: number | null }

/** Why a step failed. */
export interface CheckFailure extends CheckEvidence {
  /**
   * `refused`: the platform or the device said so, with `code` and `detail` of the row; `noAnswer`: a command was not answered;
   * `notBack`: the device did not connect again; `notSubscribed`: the platform sent `value` and the device does not listen to it;
   * `updateFailed`: the device reported `value` as the end of its update.
   */
  reason: 'refused' | 'noAnswer' | 'notBack' | 'notSubscribed' | 'updateFailed'
  code: number | null
  /** The verdict as the row keeps it, see `explainDetail`. */
  detail: string | null
  value?: string
}

export interface CheckItem {
  step: CheckStep
  /** Whether every device has to do it; the others are worth seeing. */
  isRequired: boolean
  /** `waiting`: nothing has been seen; `asked`: the platform has done its part and the device has not answered yet. */
  state: 'waiting' | 'asked' | 'passed' | 'failed'
  /** The first and the last time that it went well, and how often it did. */
  first: CheckEvidence | null
  last: CheckEvidence | null
  passes: number
  /** The last failure, also when it has gone well since; how often it failed. */
  failure: CheckFailure | null
  failures: number
  /** The command of the platform that is open. */
  asked: CheckEvidence | null
  /** Something to know although it went well: `noConfig`, there was no configuration to give. */
  note: 'noConfig' | null
}

/** A topic on which the platform has something to say to the device. */
export interface CheckTopic {
  topic: string
  isSubscribed: boolean
  /** Whether the device needs it for what its thing model says, or for what it was seen to do. */
  isNeeded: boolean
}

/** The checklist of a device's firmware. */
export interface FirmwareCheck {
  begunAt: number
  isOnline: boolean
  /** The device has asked the platform to subscribe for it (`_ss=1` in its client id). */
  isSubscribedFor: boolean
  /** `passed` when everything required has been seen and nothing has failed. */
  result: 'open' | 'passed' | 'failed'
  items: CheckItem[]
  /** Of the present session, needed ones first. */
  topics: CheckTopic[]
  /** The last attempt of the device to connect; null when there was none since the engine started. */
  attempt: ConnectionAttempt | null
  /** Attempts since the check began of somebody nobody knows, newest first, at most three: perhaps this board with a wrong name. */
  strangers: ConnectionAttempt[]
}

/** Where a board can reach this machine. */
export interface BoardAddress {
  /** An IPv4 address, or the name of this machine. */
  host: string
  /** Of the network interface. */
  name: string
  /** `network`: a board on that network reaches it; `virtual`: of a container or a virtual machine; `loopback`: programs on this machine alone. */
  kind: 'network' | 'virtual' | 'loopback'
}

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }

export const firmwareCheckMethods = {
  'firmwareCheck.get': method({
    about: 'The checklist of a device\'s firmware; without one yet, it begins with what is recorded of the device.',
    input: z.strictObject(identity),
    output: type<FirmwareCheck>(),
  }),
  'firmwareCheck.begin': method({
    about: 'Begins the checklist of a device anew: only what happens from now on counts.',
    input: z.strictObject(identity),
    output: type<FirmwareCheck>(),
  }),
  'firmwareCheck.cause': method({
    about: 'Does the platform\'s part of a step: sends a writable property a value, pushes the configuration, closes the connection, or calls a service.',
    input: z.strictObject({ ...identity, step: z.enum(causableSteps) }),
    /** `done`: what was sent, to be shown: a property with its value, a service, the version of the configuration. */
    output: type<{ done: string }>(),
  }),
  'firmwareCheck.makeDevice': method({
    about: 'Makes a device for a board, and with it a product with the sample thing model and a small configuration when none is given.',
    input: z.strictObject({
      productKey: productKeySchema.optional(),
      /** Of the product that is made. */
      productName: z.string().trim().min(1).max(64).default('My board'),
    }),
    output: type<DeviceCertificate>(),
  }),
  'firmwareCheck.addresses': method({
    about: 'The addresses at which boards can reach this machine, the most likely first, and whether the listener for devices takes connections from the network.',
    input: z.strictObject({}),
    output: type<{
      addresses: BoardAddress[]
      /** 0 when nothing listens. */
      port: number
      isOpenToNetwork: boolean
      /** What the setting says; it takes effect when Thingbench starts. */
      opensAtNextStart: boolean
    }>(),
  }),
}

export const firmwareCheckStreams = {
  'firmwareCheck.watch': stream({
    about: 'The checklist of a device, at first and whenever something of it has changed.',
    input: z.strictObject(identity),
    item: type<FirmwareCheck>(),
  }),
}
