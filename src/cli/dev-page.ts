import type { Output } from './output.ts'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBrowser } from '../host/open-browser.ts'
import { startServing } from '../host/serving.ts'
import { toErrorValue } from '../shared/errors.ts'
import { rpcPath } from '../shared/rpc/sign-in.ts'
import { UsageError } from './command.ts'
import { reportFailure } from './output.ts'
import { parseArguments } from './parse-arguments.ts'
import { rendererDir, resourcesDir, spawnFleet } from './place.ts'
import { serve } from './serve.ts'
import { watchStopSignals } from './stop-signal.ts'
import { version } from './version.ts'
import { resolveWorkspace } from './workspace-option.ts'

/** The part of Vite that is used here. */
interface Vite { createServer: (config: object) => Promise<ViteServer> }
interface ViteServer { listen: () => Promise<unknown>, close: () => Promise<void>, resolvedUrls: { local: string[] } | null }

/** Imported by a name that is only known at run time: the product itself does without it. */
const developmentTool = 'vite'

/**
 * Runs the engine as `thingbench serve` does, with the same options, and the page from its sources, reloading as they change.
 * Vite serves the page and passes its WebSocket on to the engine. Returns the exit code.
 */
export async function serveForDevelopment(projectDir: string, words: readonly string[], output: Output): Promise<number> {
  try {
    const request = parseArguments(['serve', ...words], [serve])
    if (request.kind !== 'run')
      throw new UsageError('npm run dev:web takes the options of thingbench serve.')
    await serveUntilStopped(projectDir, request.values, output)
    return 0
  }
  catch (error) {
    reportFailure(output, toErrorValue(error), false)
    return error instanceof UsageError ? 2 : 1
  }
}

async function serveUntilStopped(projectDir: string, values: Record<string, unknown>, output: Output): Promise<void> {
  using stop = watchStopSignals()
  await using stack = new AsyncDisposableStack()
  const named = values.workspace as string | undefined
  const serving = await startServing({
    workspaceDir: resolveWorkspace(named),
    isOwnWorkspace: named === undefined,
    addSample: values.sample === true,
    resumeFleets: true,
    deviceHost: values['device-host'] as string | undefined ?? null,
    mqttPort: values['mqtt-port'] as number,
    httpPort: values['http-port'] as number,
    consolePort: values['console-port'] as number,
    openApi: { host: values['openapi-host'] as string | undefined ?? null, port: values['openapi-port'] as number },
  }, { version, resourcesDir, rendererDir, spawnFleet }, notice => output.note(notice.message))
  stack.defer(() => serving.close())

  const { origin, hash } = new URL(serving.tokenUrl())
  const { createServer } = await import(developmentTool) as Vite
  const { default: { renderer } } = await import(pathToFileURL(path.join(projectDir, 'electron.vite.config.ts')).href) as { default: { renderer: object } }
  const page = await createServer({
    ...renderer,
    root: path.join(projectDir, 'src/ui'),
    configFile: false,
    // The engine answers only to its own name and to pages of its own.
    server: { host: '127.0.0.1', proxy: { [rpcPath]: { target: origin, ws: true, changeOrigin: true, rewriteWsOrigin: true } } },
  })
  stack.defer(() => page.close())
  await page.listen()
  const url = `${page.resolvedUrls?.local[0] ?? ''}${hash}`
  output.line(`The page from its sources: ${url}`)
  const problem = values['no-open'] === true ? undefined : await openBrowser(url)
  if (problem !== undefined)
    output.note(problem)
  await stop.stopped
}
