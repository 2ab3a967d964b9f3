import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import process from 'node:process'
import { findElectron } from '../../src/cli/find-electron.ts'

/** The desktop shell's program, if it is installed here; the same search as `npm start` makes. */
export function findElectronBinary(): string | undefined {
  const packageDir = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const read = (file: string): string | undefined => existsSync(file) ? readFileSync(file, 'utf8') : undefined
  return findElectron(process.env, packageDir, { exists: existsSync, read })
}
