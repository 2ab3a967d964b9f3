import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { build, isBuildStale } from '../../../src/cli/page-build.ts'
import { tempFolder } from '../../support/temp-folder.ts'

/** Writes files with the times of their last change, in seconds. */
function project(files: Record<string, number>): string {
  const folder = tempFolder()
  for (const [file, changedSec] of Object.entries(files)) {
    const whole = path.join(folder, file)
    mkdirSync(path.dirname(whole), { recursive: true })
    writeFileSync(whole, '')
    utimesSync(whole, changedSec, changedSec)
  }
  // Making the files changed their folders too.
  for (const file of Object.keys(files)) {
    for (let dir = path.dirname(file); dir !== '.'; dir = path.dirname(dir))
      utimesSync(path.join(folder, dir), 1, 1)
  }
  return folder
}

const sources = { 'src/ui/main.ts': 10, 'src/shared/a/b.ts': 11, 'src/engine/engine.ts': 12, 'electron/main.ts': 13, 'electron.vite.config.ts': 5, 'package-lock.json': 5 }
const output = { 'out/renderer/index.html': 20, 'out/main/main.js': 20, 'out/preload/preload.cjs': 20 }

describe('the build', () => {
  it('is stale when there is none', () => {
    const dir = project(sources)
    expect([isBuildStale(dir, 'web'), isBuildStale(dir, 'desktop')]).toEqual([true, true])
  })

  it('is fresh when it is newer than everything it is made from', () => {
    const dir = project({ ...sources, ...output })
    expect([isBuildStale(dir, 'web'), isBuildStale(dir, 'desktop')]).toEqual([false, false])
  })

  it.each([['src/ui/features/new.vue', 'web'], ['src/shared/a/b.ts', 'web'], ['electron.vite.config.ts', 'web'], ['package-lock.json', 'desktop'], ['electron/main.ts', 'desktop'], ['src/engine/store/store.ts', 'desktop']] as const)('is stale when %s changed later', (file, host) => {
    expect(isBuildStale(project({ ...sources, ...output, [file]: 30 }), host)).toBe(true)
  })

  it('of the page does not depend on the engine, which runs from its sources', () => {
    expect(isBuildStale(project({ ...sources, ...output, 'src/engine/engine.ts': 30, 'electron/main.ts': 30 }), 'web')).toBe(false)
  })

  it('is stale when a source was taken away', () => {
    const dir = project({ ...sources, 'src/ui/old.ts': 10, ...output })
    rmSync(path.join(dir, 'src/ui/old.ts'))
    expect(isBuildStale(dir, 'web')).toBe(true)
  })

  it('is stale when a part of it is missing', () => {
    const dir = project({ ...sources, ...output })
    rmSync(path.join(dir, 'out/preload'), { recursive: true })
    expect([isBuildStale(dir, 'web'), isBuildStale(dir, 'desktop')]).toEqual([false, true])
  })

  it('cannot be made without its tools, and says how to get them', async () => {
    expect(await build(project(sources))).toBe('The page cannot be built: the build tools are not installed; run npm ci first.')
  })
})
