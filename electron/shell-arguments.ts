import path from 'node:path'

/** What may be said to the desktop shell on its command line; everything else belongs to Chromium or to nobody. */
export interface ShellArguments {
  /** Absolute; undefined: the user's own workspace. */
  workspaceDir: string | undefined
  /** Undefined: the usual port, or a free one when it is taken. */
  mqttPort: number | undefined
}

/** Reads `--workspace DIR` and `--mqtt-port N`, also written with `=`; a value that makes no sense is left out. */
export function parseShellArguments(words: readonly string[], cwd: string): ShellArguments {
  const valueOf = (name: string): string | undefined => {
    const index = words.findIndex(word => word === name || word.startsWith(`${name}=`))
    const word = words[index]
    return word?.includes('=') ? word.slice(name.length + 1) : words[index + 1]
  }
  const has = (name: string): boolean => words.some(word => word === name || word.startsWith(`${name}=`))
  const workspace = has('--workspace') ? valueOf('--workspace') : undefined
  const port = has('--mqtt-port') ? Number(valueOf('--mqtt-port')) : Number.NaN
  return {
    workspaceDir: workspace ? path.resolve(cwd, workspace) : undefined,
    mqttPort: Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined,
  }
}
