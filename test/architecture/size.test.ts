import type { Offence } from './source.ts'
import { describe, expect, it } from 'vitest'
import { listed, projectSources, readProjectFile, sourceOf } from './source.ts'

/** Past this a file holds more than one noun: look for the missing one. Components include their style. */
const linesMax = { ts: 400, vue: 400, test: 800 }

/** Files that are allowed to be long today, with their length. It may shrink; a file leaves the list when it fits. */
const longToday: Record<string, number> = {}

/** Tables of words are as long as there are words. */
const isTable = (path: string): boolean => /\/(?:locales?|messages)\//.test(path) || /\.(?:en|zh)\.ts$/.test(path)

function findLongFiles(files: { path: string, text: string }[], allowed: Record<string, number>): Offence[] {
  return files.filter(({ path }) => !isTable(path)).flatMap(({ path, text }): Offence[] => {
    const lines = text.trimEnd().split('\n').length
    const max = allowed[path] ?? (path.endsWith('.vue')
      ? linesMax.vue
      : path.startsWith('test/')
        ? linesMax.test
        : linesMax.ts)
    if (lines > max) {
      return [
        { path, line: lines, message: `has ${lines} lines and may have ${max}: find the noun that wants a file of its own.` },
      ]
    }
    return []
  })
}

describe('file length', () => {
  it('is noticed when it passes the limit or what the list allows', () => {
    const long = sourceOf('src/engine/long.ts', 'x\n'.repeat(401))
    const listedFile = sourceOf('src/engine/listed.ts', 'x\n'.repeat(450))
    expect(findLongFiles([long, listedFile], { 'src/engine/listed.ts': 450 })).toHaveLength(1)
    expect(findLongFiles([listedFile], { 'src/engine/listed.ts': 449 })).toHaveLength(1)
  })

  it('stays within a few screens', () => {
    expect(listed(findLongFiles(projectSources('src', 'electron', 'test'), longToday))).toEqual([])
  })

  it('is no longer excused for a file that fits again', () => {
    const fits = Object.keys(longToday).filter((path) => {
      const text = readProjectFile(path)
      return text === undefined || findLongFiles([
        { path, text },
      ], {}).length === 0
    })
    expect(fits).toEqual([])
  })
})
