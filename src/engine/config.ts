import type { IncomingMessage } from 'node:http'
import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { Log } from '../shared/log.ts'
import type { SpawnFleetProcess } from './fleet/messages.ts'
import type { Vault } from './fleet/target/types.ts'
import type { DeviceHttpRoute } from './platform/device-http.ts'

/** Everything an engine needs from its host; the engine reads no environment, argument or clock of its own. */
export interface EngineConfig {
  /** The workspace folder; made when missing. */
  workspaceDir: string
  version: string
  /**
   * Where devices connect; null: no listener, for commands that only read or write the workspace. Without a `host` the
   * setting `device.openToNetwork` decides between this machine alone and every address of it.
   */
  mqtt: { host: string | null, port: number } | null
  /** Opens the device-facing HTTP listener on the address on which devices connect, or one more of them on another `port`; null without one. */
  openDeviceHttp: ((host: string, routes: DeviceHttpRoute[], certificate: () => Promise<ServerCertificate>, port?: number) => Promise<DeviceHttpListener>) | null
  /** Opens the listener of the cloud's API, which is given what it answers with; null without one. */
  openApiHttp: ((openToNetwork: boolean, answer: AnswerOpenApi, certificate: () => Promise<ServerCertificate>) => Promise<OpenApiListener>) | null
  /** The folder of the product's own samples (`products/*.tsl.json`). */
  resourcesDir: string
  spawnFleet: SpawnFleetProcess
  /** The system's vault for secrets of fleets; without one they are kept in a file of the workspace that only its owner can read. */
  vault?: Vault
  /** A variable of the host's environment, for secrets that are kept there; without it there are none. */
  environment?: (name: string) => string | undefined
  /** Keeps no message, for measuring the broker alone. */
  discardTraces?: boolean
  /** The clock is one that a run drives, so that it can be repeated exactly; see `Fleet.traceHash`. Default false. */
  hasVirtualTime?: boolean
  /** Start the fleets that ran when the workspace was last closed. Default true. */
  resumeFleets?: boolean
}

/** What a listener shows to whoever speaks TLS to it, both as PEM text. */
export interface ServerCertificate { key: string, cert: string }

/** The device-facing HTTP listener, which the host serves: its base address without a slash at its end. */
export interface DeviceHttpListener { readonly url: string, close: () => Promise<void> }

/** A request to the listener of the cloud's API, its body read. */
export interface OpenApiRequest {
  method: string
  /** Path and query, as written. */
  target: string
  headers: IncomingMessage['headers']
  body: Uint8Array
  remoteAddress: string
}

/** JSON text with its HTTP status. */
export interface OpenApiAnswer { status: number, body: string }

/** Answers a request to the cloud's API; never rejects. The signal aborts when the caller goes away. */
export type AnswerOpenApi = (request: OpenApiRequest, signal: AbortSignal) => Promise<OpenApiAnswer>

/** The listener of the cloud's API, which the host serves: its base address without a slash at its end, and whether the port is another one than was wanted. */
export interface OpenApiListener { readonly url: string, readonly takenPort: number | null, close: () => Promise<void> }

export interface EngineWorld {
  clock: Clock
  log: Log
  /** Seeds everything random that must repeat: keys and secrets are made from the system's generator instead. */
  seed: number
}

export interface Engine {
  readonly engineId: string
  readonly api: EngineApi
  readonly mqtt: { host: string, port: number } | null
  /** Base address of the device-facing HTTP listener; null without one. */
  readonly httpUrl: string | null
  /** Base address of the cloud's API; null without a listener. */
  readonly openApiUrl: string | null
  /** Resolves when nothing is under way: no packet of a device without a socket, no write or read, no script, no download. */
  comeToRest: () => Promise<void>
  /** True when the workspace had no product and no device at start. */
  readonly startedEmpty: boolean
  /** Stops in reverse order of start: fleets, broker, feed, store; nothing acknowledged is lost and no handle is left. */
  close: () => Promise<void>
}
