import type { IncomingMessage } from 'node:http'
import type { FileFlow } from './file-flow.ts'

/** What a device gets for an HTTP request: a whole body, whose flow counts from its own start, or a part of a file, which is streamed. */
export type DeviceHttpAnswer = { status: number, headers?: Record<string, string> } & ({ body: Uint8Array | string, flow?: FileFlow } | { file: FilePart })

/** A part of a file that does not change: `bytes` from `start` on; with a flow it is sent as that says. */
export interface FilePart { path: string, start: number, bytes: number, flow?: FileFlow }

/** Answers the device-facing HTTP requests whose path starts with `prefix`. */
export interface DeviceHttpRoute {
  prefix: string
  respond: (request: IncomingMessage, pathname: string) => Promise<DeviceHttpAnswer> | DeviceHttpAnswer
}
