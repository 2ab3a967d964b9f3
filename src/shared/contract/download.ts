import { z } from 'zod'
import { method, type } from './define.ts'

/** A port on which HTTP or HTTPS is at home, for devices that pass over the port in an address. */
export interface StandardPort {
  port: number
  /** `own`: the listener of the workspace has it anyway. `denied`: the system does not allow it; `taken`: another program has it. */
  state: 'off' | 'open' | 'own' | 'denied' | 'taken' | 'failed'
  /** What is in the way, and what the user can do about it; empty when nothing is. */
  advice: string
  /** Commands that help, one of them is enough; to be copied. */
  commands: string[]
}

/** Why devices may not be able to download from the address that they are given. */
export type DownloadProblem
  /** The address is one of this machine alone. */
  = | 'loopback'
    /** The listener takes connections of this machine alone. */
    | 'closed'
    /** This machine has no such address at the moment. */
    | 'absent'

/** Where devices download files of updates and configurations. */
export interface DownloadStatus {
  /** The listener for devices; null without one. */
  listener: { host: string, port: number } | null
  /** The addresses of this machine that can be chosen, those of networks first. */
  addresses: { address: string, network: string }[]
  /** What an address begins with that is for nobody in particular; a device gets the address at which it has connected, unless one is chosen. */
  url: string | null
  /** The user has chosen this address for all devices. */
  isChosen: boolean
  problem: DownloadProblem | null
  /** The device that was last given an address which it cannot reach. */
  unreachable: { productKey: string, deviceName: string, url: string, from: string } | null
  ports: StandardPort[]
}

export const downloadMethods = {
  'download.status': method({
    about: 'Where devices download files of updates and configurations, and what stands in their way.',
    input: z.strictObject({}),
    output: type<DownloadStatus>(),
  }),
}
