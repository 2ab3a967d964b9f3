import type { ApiClient } from '../shared/contract/contract.ts'
import { existsSync } from 'node:fs'
import { acquireWorkspaceLock, findRunningEngine } from '../host/lock-file.ts'
import { connectConsole } from '../host/web/connect-console.ts'
import { AppError } from '../shared/errors.ts'
import { version } from './version.ts'
import { resolveWorkspace } from './workspace-option.ts'

export interface WorkspaceWish {
  /** As given on the command line; undefined: the user's own. */
  workspace: string | undefined
  /** Make the folder when it is missing. Default false: a mistyped path must not look like an empty workspace. */
  mayCreate?: boolean
}

/**
 * Does something with a workspace: through the engine that has it open if there is one, otherwise with an engine of
 * our own that listens to no device and starts no fleet, while we hold the workspace's lock.
 * @throws AppError workspace/not-found, workspace/locked, store/unwritable, and what `use` throws.
 */
export async function withWorkspace<T>({ workspace, mayCreate = false }: WorkspaceWish, use: (client: ApiClient) => Promise<T>): Promise<T> {
  const dir = resolveWorkspace(workspace)
  if (!mayCreate && !existsSync(dir))
    throw new AppError('workspace/not-found', `There is no workspace ${dir}; thingbench serve and thingbench product import make one.`, { workspace: dir })
  await using stack = new AsyncDisposableStack()
  return await use(await connect(dir, stack))
}

/** A server that starts between our look and our lock is connected to instead; more often than this it is not by chance. */
const attemptsMax = 3

async function connect(dir: string, stack: AsyncDisposableStack): Promise<ApiClient> {
  for (let attempt = 1; ; attempt++) {
    const running = await connectToRunning(dir, stack)
    if (running)
      return running
    try {
      return await openHere(dir, stack)
    }
    catch (error) {
      if (attempt >= attemptsMax || !(error instanceof AppError) || error.code !== 'workspace/locked')
        throw error
    }
  }
}

/** A client of the engine that has this workspace open, closed with the stack; undefined when there is none. */
export async function connectToRunning(workspaceDir: string, stack: AsyncDisposableStack): Promise<ApiClient | undefined> {
  const running = await findRunningEngine(workspaceDir)
  if (!running)
    return undefined
  const client = await connectConsole({ url: running.console, secret: running.secret })
  stack.defer(async () => {
    client.close()
    await client.closed
  })
  return client
}

async function openHere(workspaceDir: string, stack: AsyncDisposableStack): Promise<ApiClient> {
  const lock = await acquireWorkspaceLock(workspaceDir, { purpose: 'command' })
  stack.defer(() => lock.release())
  // Only now, because a command that talks to a running engine needs none of it.
  const [{ openEngine, openWorkspaceLog }, { resourcesDir, spawnFleet }] = await Promise.all([import('../host/open-engine.ts'), import('./place.ts')])
  const log = openWorkspaceLog(workspaceDir, stack)
  const { client } = await openEngine({ workspaceDir, version, resourcesDir, spawnFleet, mqtt: null, openDeviceHttp: null, openApiHttp: null, resumeFleets: false }, log, stack)
  return client
}
