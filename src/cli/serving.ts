import type { AppNotice } from '../shared/contract/app.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import { acquireWorkspaceLock } from '../host/lock-file.ts'
import { realClock } from '../host/real-clock.ts'
import { createDeviceHttp } from '../host/web/device-http.ts'
import { createWebHost } from '../host/web/web-host.ts'
import { markSampleAdded, wantsSample } from '../host/workspace-folder.ts'
import { connectHere, openEngine, openWorkspaceLog } from './open-engine.ts'
import { rendererDir } from './place.ts'

export interface ServeWish {
  workspaceDir: string
  /** The user's own workspace, which is filled with the sample the first time. */
  isOwnWorkspace: boolean
  /** Fill any workspace with the sample, once. */
  addSample: boolean
  /** Start the fleets that ran when the workspace was last closed. */
  resumeFleets: boolean
  /** Address on which devices connect; 127.0.0.1 keeps other machines out. */
  deviceHost: string
  /** Port numbers; 0: any free one. */
  mqttPort: number
  httpPort: number
  consolePort: number
}

/** What a ready server says of itself; the line that `serve --json` prints. */
export interface ReadyEvent {
  event: 'ready'
  mqtt: { host: string, port: number }
  http: { url: string }
  /** With a one-time token in its fragment. */
  console: { url: string }
  workspace: string
}

export interface Serving {
  ready: ReadyEvent
  /** The engine, for this process. */
  client: ApiClient
  /** Another address that opens the page, once. */
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
export async function startServing(wish: ServeWish, onNotice: (notice: AppNotice) => void): Promise<Serving> {
  const stack = new AsyncDisposableStack()
  try {
    return await start(wish, onNotice, stack)
  }
  catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function start(wish: ServeWish, onNotice: (notice: AppNotice) => void, stack: AsyncDisposableStack): Promise<Serving> {
  const { workspaceDir, deviceHost, resumeFleets } = wish
  const lock = await acquireWorkspaceLock(workspaceDir, { purpose: 'server' })
  stack.defer(() => lock.release())
  const log = openWorkspaceLog(workspaceDir, stack)

  const deviceHttp = await createDeviceHttp({ host: deviceHost, port: wish.httpPort, log })
  stack.defer(() => deviceHttp.close())
  const engine = await openEngine({ workspaceDir, mqtt: { host: deviceHost, port: wish.mqttPort }, httpUrl: deviceHttp.url, resumeFleets }, log, stack)
  const console = await createWebHost({ api: engine.api, engineId: engine.engineId, rendererDir, port: wish.consolePort, clock: realClock, log })
  stack.defer(() => console.close())
  await lock.announce({ console: console.url, secret: console.secret })

  const client = connectHere(engine, log, stack)
  // Ends with the client; its failing then means nothing.
  client.subscribe('app.notices', {}, onNotice).catch(() => {})
  if (wantsSample(workspaceDir, { asked: wish.addSample, own: wish.isOwnWorkspace, empty: engine.startedEmpty })) {
    await client.call('app.addSample', { count: sampleDevices })
    await markSampleAdded(workspaceDir)
  }
  const mqtt = engine.mqtt ?? { host: deviceHost, port: wish.mqttPort }
  return {
    ready: { event: 'ready', mqtt, http: { url: deviceHttp.url }, console: { url: console.tokenUrl() }, workspace: workspaceDir },
    client,
    tokenUrl: console.tokenUrl,
    close: () => stack.disposeAsync(),
  }
}
