import path from 'node:path'
import { build, isBuildStale } from '../../src/cli/page-build.ts'

const projectDir = path.dirname(path.dirname(import.meta.dirname))

/** The folder of the built product, built first when it is missing or older than its sources. Fails when it cannot be built. */
export async function builtProduct(): Promise<string> {
  if (isBuildStale(projectDir, 'desktop')) {
    const problem = await build(projectDir)
    if (problem !== undefined)
      throw new Error(problem)
  }
  return path.join(projectDir, 'out')
}
