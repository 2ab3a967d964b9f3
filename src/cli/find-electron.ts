import path from 'node:path'

/** The files of this machine, as far as the search needs them. */
export interface FileLook {
  exists: (file: string) => boolean
  /** The text of a file, undefined when it cannot be read. */
  read: (file: string) => string | undefined
}

/**
 * The Electron program of this installation, or undefined. It is found by its files, in the order in which Electron's own
 * `index.js` looks: importing the package to find out would start a download. `packageDir` is the folder of the npm package,
 * undefined when it is not installed.
 */
export function findElectron(env: Record<string, string | undefined>, packageDir: string | undefined, files: FileLook): string | undefined {
  const existing = (file: string): string | undefined => files.exists(file) ? file : undefined
  // Somebody who names a program does not want another one.
  if (env.ELECTRON_EXEC_PATH)
    return existing(env.ELECTRON_EXEC_PATH)
  const program = packageDir === undefined ? undefined : files.read(path.join(packageDir, 'path.txt'))?.trim()
  if (env.ELECTRON_OVERRIDE_DIST_PATH)
    return existing(path.join(env.ELECTRON_OVERRIDE_DIST_PATH, program || 'electron'))
  return packageDir !== undefined && program ? existing(path.join(packageDir, 'dist', program)) : undefined
}
