import type { ServeWish, Serving } from '../host/serving.ts'
import type { Output } from './output.ts'
import { isWildcard, networkAddresses, reachableHost } from '../engine/network-address.ts'
import { command } from './command.ts'
import { flag, jsonOption, listenAddress, optional, wholeNumber, withDefault } from './option.ts'
import { watchStopSignals } from './stop-signal.ts'
import { version } from './version.ts'
import { resolveWorkspace, workspaceOption } from './workspace-option.ts'

const port = wholeNumber(0, 65_535)

/** `thingbench serve`: the platform, the page and the fleets of a workspace, until it is stopped. */
export const serve = command({
  path: ['serve'],
  about: 'Run the platform on this machine and serve the page, until Ctrl-C.',
  positionals: [],
  options: {
    'workspace': workspaceOption,
    'sample': flag('Fill the workspace with the sample: a product and 1,000 simulated devices. Your own workspace has it from the first start.'),
    'mqtt-port': withDefault(port, 1883, { about: 'Port on which devices connect; 0 means any free one, and a free one is taken when it is in use.', placeholder: 'N' }),
    'http-port': withDefault(port, 0, { about: 'Port for files that devices fetch; 0 means any free one.', placeholder: 'N' }),
    'console-port': withDefault(port, 0, { about: 'Port of the page, on 127.0.0.1 only; 0 means any free one.', placeholder: 'N' }),
    'openapi-port': withDefault(port, 8880, { about: 'Port of the cloud\'s API for server programs; 0 means any free one, and a free one is taken when it is in use.', placeholder: 'N' }),
    'openapi-host': optional(listenAddress, { about: 'Address of the cloud\'s API; 0.0.0.0 lets programs on your network call it, signed with an access key. Without it, as the workspace is set; a new one keeps to this machine.', placeholder: 'ADDR' }),
    'device-host': optional(listenAddress, { about: 'Address on which devices connect; 0.0.0.0 lets boards on your network in. Without it, as the workspace is set; a new one keeps to this machine.', placeholder: 'ADDR' }),
    'no-open': flag('Do not open the page in a browser.'),
    'json': jsonOption,
  },
  examples: [
    'thingbench serve',
    'thingbench serve --workspace ./bench --mqtt-port 0 --no-open --json',
    'thingbench serve --device-host 0.0.0.0',
  ],
  run: (values, _positionals, output) => runServer({
    workspaceDir: resolveWorkspace(values.workspace),
    isOwnWorkspace: values.workspace === undefined,
    addSample: values.sample,
    resumeFleets: true,
    deviceHost: values['device-host'] ?? null,
    mqttPort: values['mqtt-port'],
    httpPort: values['http-port'],
    consolePort: values['console-port'],
    openApi: { host: values['openapi-host'] ?? null, port: values['openapi-port'] },
  }, { open: !values['no-open'], json: values.json }, output),
})

/** What a ready server says of itself; the line that `serve --json` prints. */
export interface ReadyEvent {
  event: 'ready'
  mqtt: { host: string, port: number }
  http: { url: string }
  /** The cloud's API, for server programs. */
  openapi: { url: string }
  /** With a one-time token in its fragment. */
  console: { url: string }
  workspace: string
}

/**
 * Serves a workspace until SIGINT or SIGTERM; returns the exit code.
 * @throws AppError when it could not start.
 */
export async function runServer(wish: ServeWish, { open, json }: { open: boolean, json: boolean }, output: Output): Promise<number> {
  // Before anything is opened: a signal during the start waits for it and then closes what it opened.
  using stop = watchStopSignals()
  // Only now, so that help and mistakes need not wait for it.
  const [{ startServing }, place] = await Promise.all([import('../host/serving.ts'), import('./place.ts')])
  const serving = await startServing(wish, { ...place, version }, notice => output.note(notice.message))
  try {
    const ready: ReadyEvent = {
      event: 'ready',
      mqtt: { host: reachableHost(serving.mqtt.host), port: serving.mqtt.port },
      http: { url: serving.httpUrl },
      openapi: { url: serving.openApiUrl },
      console: { url: serving.tokenUrl() },
      workspace: wish.workspaceDir,
    }
    if (json)
      output.json({ ...ready })
    else
      describeReady(ready, serving.mqtt.host).forEach(output.line)
    if (open && !stop.signal.aborted)
      openPage(serving, output)
    await stop.stopped
  }
  finally {
    await serving.close()
  }
  return 0
}

/** Opens the page in the browser while the server goes on; that there is none is a line, not an error. */
function openPage(serving: Serving, output: Output): void {
  void import('../host/open-browser.ts')
    .then(({ openBrowser }) => openBrowser(serving.tokenUrl()))
    .then(problem => problem === undefined || output.note(problem))
}

function describeReady({ mqtt, http, openapi, console, workspace }: ReadyEvent, deviceHost: string): string[] {
  return [
    `Thingbench ${version} is running; Ctrl-C stops it.`,
    `  Page       ${console.url}`,
    `  Devices    mqtt://${mqtt.host}:${mqtt.port}`,
    ...(isWildcard(deviceHost) ? networkAddresses().map(address => `             mqtt://${address}:${mqtt.port} from your network`) : []),
    `  Files      ${http.url}`,
    `  Cloud API  ${openapi.url}`,
    `  Workspace  ${workspace}`,
  ]
}
