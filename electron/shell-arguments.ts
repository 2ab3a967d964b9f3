import path from 'node:path'
import { parseArgs } from 'node:util'

/** What may be said to the desktop shell on its command line; everything else belongs to Chromium or to nobody. */
export interface ShellArguments {
  /** Absolute; undefined: the user's own workspace. */
  workspaceDir: string | undefined
  /** Undefined: the usual port, or a free one when it is taken. */
  mqttPort: number | undefined
}

/** Reads `--workspace DIR` and `--mqtt-port N`, also written with `=`; a value that makes no sense is left out. */
export function parseShellArguments(words: readonly string[], cwd: string): ShellArguments {
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    options: { 'workspace': { type: 'string' }, 'mqtt-port': { type: 'string' } },
  })
  // Without strictness an option that lacks its value is `true`.
  const { workspace, 'mqtt-port': port } = values
  return {
    workspaceDir: typeof workspace === 'string' && workspace !== '' ? path.resolve(cwd, workspace) : undefined,
    mqttPort: typeof port === 'string' && /^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? Number(port) : undefined,
  }
}
