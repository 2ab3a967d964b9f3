import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'

/** The desktop shell's binary, found by looking at files only: importing the package would start a download. */
export function findElectronBinary(): string | undefined {
  const named = process.env.ELECTRON_EXEC_PATH
  if (named !== undefined && named !== '') {
    return existsSync(named)
      ? named
      : undefined
  }
  try {
    const packageDir = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    const program = join(packageDir, 'dist', readFileSync(join(packageDir, 'path.txt'), 'utf8').trim())
    return existsSync(program)
      ? program
      : undefined
  }
  catch {
    return undefined
  }
}
