import { z } from 'zod'
import { method, type } from './define.ts'
import { fleetTransports } from './fleet.ts'

export const preflightVerdicts = ['ok', 'warn', 'stop'] as const
export type PreflightVerdict = (typeof preflightVerdicts)[number]

/** Systems whose limits are set in different ways. */
export type PreflightPlatform = 'linux' | 'macos' | 'windows'

export const preflightChecks = ['size', 'engineFiles', 'fleetFiles', 'ports', 'backlog', 'memory', 'disk', 'speed'] as const
export type PreflightName = (typeof preflightChecks)[number]

export interface PreflightCheck {
  name: PreflightName
  verdict: PreflightVerdict
  /** What the fleet needs, and what there is of it; null: the system names no limit. In the unit of the check: devices, files, ports, connections, bytes or posts a second. */
  figure: number
  limit: number | null
  /** More that its sentence needs. */
  facts: Record<string, number>
  /** A sentence, and what to do when it is not ok; for those who cannot put them in words of their own. */
  message: string
  advice: string | null
}

/** Whether this machine can run a fleet. */
export interface Preflight {
  platform: PreflightPlatform
  /** The worst of the checks. */
  verdict: PreflightVerdict
  checks: PreflightCheck[]
  /** What the fleet will use by itself. */
  processes: number
  sourceAddresses: number
  postsPerSec: number
  /** The most devices that no check stops. */
  devicesMax: number
}

/** How fast this machine does what the bench does most. */
export interface MachineSpeed {
  at: number
  cores: number
  /** Reports of ten properties read and checked by a thing model in one thread, a second. */
  checksPerSec: number
  /** Transactions on the disk of the workspace, one after the other, a second. */
  commitsPerSec: number
  /** Property posts through a throw-away platform with everything that belongs to it, a second. */
  postsPerSec: number
}

/** What a fleet is to be like. */
export const preflightWishSchema = z.strictObject({
  devices: z.int().min(1).max(10_000_000),
  intervalSec: z.number().min(0.01).max(86_400).default(5),
  transport: z.enum(fleetTransports).default('tcp'),
  /** Bytes of one report; without it, those of a report of a few properties. */
  payloadBytes: z.int().min(1).max(256 * 1024).optional(),
  /** It reports to a broker on another machine: this one only has to hold the devices. */
  elsewhere: z.boolean().default(false),
})
export type PreflightWish = z.output<typeof preflightWishSchema>

export const preflightMethods = {
  'app.preflight': method({
    about: 'Whether this machine can run a fleet: file handles, ports, memory, disk and processors, each with what it needs, what there is and what to do.',
    input: preflightWishSchema,
    output: type<Preflight>(),
  }),
  'app.measureMachine': method({
    about: 'Measures in a few seconds how fast this machine is; the pre-flight check counts on it from then on. AppError fleet/running while a fleet runs.',
    input: z.strictObject({}),
    output: type<MachineSpeed>(),
  }),
}
