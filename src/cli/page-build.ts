import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** What the built files are made from, and one file that the build writes for each of them. */
const built = {
  web: { from: ['src/ui', 'src/shared', 'electron.vite.config.ts', 'package-lock.json'], to: ['out/renderer/index.html'] },
  desktop: { from: ['src', 'electron', 'electron.vite.config.ts', 'package-lock.json'], to: ['out/renderer/index.html', 'out/main/main.js', 'out/preload/preload.cjs'] },
} as const

/** True when something that a host needs is not built, or is older than what it is built from. */
export function isBuildStale(projectDir: string, host: keyof typeof built): boolean {
  const { from, to } = built[host]
  const builtAt = Math.min(...to.map(file => changedAt(path.join(projectDir, file)) ?? 0))
  return from.some(source => newestIn(path.join(projectDir, source)) > builtAt)
}

/** Builds the page and the shell; resolves with a sentence when that was not possible. The build's own output goes to stderr. */
export async function build(projectDir: string): Promise<string | undefined> {
  let program: string
  try {
    const manifest = createRequire(path.join(projectDir, 'package.json')).resolve('electron-vite/package.json')
    program = path.join(path.dirname(manifest), 'bin', 'electron-vite.js')
  }
  catch {
    return 'The page cannot be built: the build tools are not installed; run npm ci first.'
  }
  const code = await new Promise<number | null>((resolve) => {
    spawn(process.execPath, [program, 'build', '--logLevel', 'warn'], { cwd: projectDir, stdio: ['ignore', process.stderr, process.stderr] })
      .once('error', () => resolve(null))
      .once('exit', resolve)
  })
  return code === 0 ? undefined : 'The page could not be built; what the build said stands above.'
}

function changedAt(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs
}

/** When the newest file in a folder was changed, epoch milliseconds; a folder counts too, because taking a file away changes it. */
function newestIn(source: string): number {
  const found = statSync(source, { throwIfNoEntry: false })
  if (!found)
    return 0
  if (!found.isDirectory())
    return found.mtimeMs
  return readdirSync(source).reduce((newest, name) => Math.max(newest, newestIn(path.join(source, name))), found.mtimeMs)
}
