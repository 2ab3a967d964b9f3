import type { IncomingMessage } from 'node:http'

/** What a device gets for an HTTP request: a whole body, or a part of a file, which is streamed. */
export type DeviceHttpAnswer = { status: number, headers?: Record<string, string> } & ({ body: Uint8Array | string } | { file: FilePart })

/** A part of a file that does not change: `bytes` from `start` on. */
export interface FilePart { path: string, start: number, bytes: number }

/** Answers the device-facing HTTP requests whose path starts with `prefix`. */
export interface DeviceHttpRoute {
  prefix: string
  respond: (request: IncomingMessage, pathname: string) => Promise<DeviceHttpAnswer> | DeviceHttpAnswer
}
