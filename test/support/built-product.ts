import { mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { build, isBuildStale } from '../../src/cli/page-build.ts'
import { waitFor } from './wait-for.ts'

const projectDir = path.dirname(path.dirname(import.meta.dirname))
/** Held by the test file that builds, because two builds at once would tread on each other. */
const lock = path.join(projectDir, 'node_modules', '.cache', 'building')
/** A build that was killed leaves its lock behind, milliseconds. */
const lockMsMax = 120_000

/** The folder of the built product, built first when it is missing or older than its sources. Fails when it cannot be built. */
export async function builtProduct(): Promise<string> {
  const outDir = path.join(projectDir, 'out')
  if (!isBuildStale(projectDir, 'desktop'))
    return outDir
  await waitFor(takeLock, { timeoutMs: lockMsMax, what: 'the build that another test file makes' })
  try {
    const problem = isBuildStale(projectDir, 'desktop') ? await build(projectDir) : undefined
    if (problem !== undefined)
      throw new Error(problem)
    return outDir
  }
  finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function takeLock(): boolean {
  mkdirSync(path.dirname(lock), { recursive: true })
  try {
    mkdirSync(lock)
    return true
  }
  catch {
    if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) > lockMsMax)
      rmSync(lock, { recursive: true, force: true })
    return false
  }
}
