import type { Engine } from '../engine/config.ts'
import type { SpawnFleetProcess } from '../engine/fleet/messages.ts'
import type { Vault } from '../engine/fleet/target/types.ts'
import type { AppNotice } from '../shared/contract/app.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import type { Log } from '../shared/log.ts'
import type { VirtualTime } from './virtual-time.ts'
import { acquireWorkspaceLock } from './lock-file.ts'
import { openEngine, openWorkspaceLog } from './open-engine.ts'
import { realClock } from './real-clock.ts'
import { createDeviceHttp } from './web/device-http.ts'
import { createOpenApiHttp } from './web/openapi-http.ts'
import { createWebHost } from './web/web-host.ts'
import { markSampleAdded, wantsSample } from './workspace-folder.ts'

/** What a user asks for when a workspace is opened for devices, the page and the command line. */
export interface ServeWish {
  workspaceDir: string
  /** The user's own workspace, which is filled with the sample the first time. */
  isOwnWorkspace: boolean
  /** Fill any workspace with the sample, once. */
  addSample: boolean
  /** Start the fleets that ran when the workspace was last closed. */
  resumeFleets: boolean
  /** Address on which devices connect; 127.0.0.1 keeps other machines out. Null: as the workspace's settings say. */
  deviceHost: string | null
  /** Port numbers; 0: any free one. */
  mqttPort: number
  httpPort: number
  consolePort: number
  /** The listener of the cloud's API; null: none. Its address as that for devices. */
  openApi: { host: string | null, port: number } | null
  /** Time that waits for the work, in which a run repeats exactly; left out: that of the wall. */
  time?: VirtualTime
}

/** Where the product's own parts are, which differs between the sources, the bundle and the desktop shell. */
export interface ServingPlace {
  version: string
  /** The product's samples. */
  resourcesDir: string
  /** The built page. */
  rendererDir: string
  spawnFleet: SpawnFleetProcess
  /** The system's vault, where the host has one. */
  vault?: Vault
}

/** A workspace that is open: the engine and every door to it. */
export interface Serving {
  engine: Engine
  log: Log
  mqtt: { host: string, port: number }
  /** Base address of the device-facing HTTP listener. */
  httpUrl: string
  /** Base address of the cloud's API; empty without its listener. */
  openApiUrl: string
  /** The engine's methods and streams for this process. */
  client: ApiClient
  /** An address that opens the page, once. */
  tokenUrl: () => string
  /** Stops in reverse order of start; nothing acknowledged is lost. */
  close: () => Promise<void>
}

/** Devices of the sample, as many as a small company has in the field. */
const sampleDevices = 1_000

/**
 * Opens a workspace and serves it: devices over MQTT and HTTP, the page and the command line over the console. What the
 * user should know (a port that was taken, a disk that is full) is told to `onNotice`, also later on.
 * @throws AppError workspace/locked, store/unwritable, listen/failed …; whatever was started by then is stopped again.
 */
export async function startServing(wish: ServeWish, place: ServingPlace, onNotice: (notice: AppNotice) => void): Promise<Serving> {
  const stack = new AsyncDisposableStack()
  try {
    return await start(wish, place, onNotice, stack)
  }
  catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function start(wish: ServeWish, place: ServingPlace, onNotice: (notice: AppNotice) => void, stack: AsyncDisposableStack): Promise<Serving> {
  const { workspaceDir, deviceHost, resumeFleets, openApi, time } = wish
  const { rendererDir, version, resourcesDir, spawnFleet, vault } = place
  const lock = await acquireWorkspaceLock(workspaceDir, { purpose: 'server' })
  stack.defer(() => lock.release())
  const log = openWorkspaceLog(workspaceDir, stack)

  let passing: Promise<void> | undefined
  // Time goes on until the engine has closed, which may wait for it.
  stack.defer(async () => {
    time?.stop()
    await passing
  })
  const { engine, client } = await openEngine(
    {
      workspaceDir,
      version,
      resourcesDir,
      spawnFleet,
      resumeFleets,
      hasVirtualTime: time !== undefined,
      ...(vault && { vault }),
      mqtt: { host: deviceHost, port: wish.mqttPort },
      openDeviceHttp: (host, routes, certificate, port = wish.httpPort) => createDeviceHttp({ host, port, log, routes, certificate }),
      openApiHttp: openApi && ((openToNetwork, answer, certificate) => createOpenApiHttp({ host: openApi.host ?? (openToNetwork ? '0.0.0.0' : '127.0.0.1'), port: openApi.port, log, answer, certificate })),
    },
    log,
    stack,
    time,
  )
  passing = time?.run(() => engine.comeToRest())
  const console = await createWebHost({ api: engine.api, engineId: engine.engineId, rendererDir, port: wish.consolePort, clock: realClock, log })
  stack.defer(() => console.close())
  await lock.announce({ console: console.url, secret: console.secret })

  // Ends with the client; its failing then means nothing.
  client.subscribe('app.notices', {}, onNotice).catch(() => {})
  if (wantsSample(workspaceDir, { asked: wish.addSample, own: wish.isOwnWorkspace, empty: engine.startedEmpty })) {
    await client.call('app.addSample', { count: sampleDevices })
    await markSampleAdded(workspaceDir)
  }
  return {
    engine,
    log,
    mqtt: engine.mqtt ?? { host: '', port: 0 },
    httpUrl: engine.httpUrl ?? '',
    openApiUrl: engine.openApiUrl ?? '',
    client,
    tokenUrl: console.tokenUrl,
    close: () => stack.disposeAsync(),
  }
}
