import type { Engine } from '../engine/config.ts'
import type { Serving } from '../host/serving.ts'
import type { VirtualTime } from '../host/virtual-time.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startServing } from '../host/serving.ts'
import { rendererDir, resourcesDir, spawnFleet } from './place.ts'
import { version } from './version.ts'

/** An empty folder for a workspace that is removed with the stack, unless somebody wants to look at it afterwards. */
export async function makeTemporaryWorkspace(what: string, stack: AsyncDisposableStack, keep = false): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `thingbench-${what}-`))
  if (!keep)
    stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** An engine of our own on free ports, for this machine alone, closed with the stack. */
export async function serveAlone(workspaceDir: string, stack: AsyncDisposableStack): Promise<ApiClient> {
  return (await serve(workspaceDir, stack)).client
}

/** The same in virtual time: the engine, to be called without a wire, on which time would pass. */
export async function serveInVirtualTime(workspaceDir: string, stack: AsyncDisposableStack, time: VirtualTime): Promise<Engine> {
  return (await serve(workspaceDir, stack, time)).engine
}

async function serve(workspaceDir: string, stack: AsyncDisposableStack, time?: VirtualTime): Promise<Serving> {
  const serving = await startServing({
    workspaceDir,
    isOwnWorkspace: false,
    addSample: false,
    resumeFleets: false,
    deviceHost: '127.0.0.1',
    mqttPort: 0,
    httpPort: 0,
    consolePort: 0,
    openApi: null,
    ...time && { time },
  }, { version, resourcesDir, rendererDir, spawnFleet }, () => {})
  stack.defer(() => serving.close())
  return serving
}
