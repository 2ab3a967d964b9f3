import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedDocs } from './docs.ts'
import { projectDir, projectFiles, readProjectFile } from './source.ts'

/** Relative links of a Markdown page that lead nowhere. */
function deadLinks(path: string, text: string, exists: (file: string) => boolean): string[] {
  return [
    ...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g),
  ]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target) && !exists(join(dirname(path), target)))
    .map(target => `${path} links to ${target}`)
}

describe('generated documentation', () => {
  it.each(Object.keys(generatedDocs()))('%s is what `npm run docs` writes', (path) => {
    expect(readProjectFile(path), `Run \`npm run docs\` and commit ${path}.`).toBe(generatedDocs()[path])
  })

  it('holds nothing that is no longer generated', () => {
    expect(projectFiles().filter(path => path.startsWith('docs/generated/') && !(path in generatedDocs()))).toEqual([])
  })
})

/** Files and folders of ours that a page names as code (`src/engine/engine.ts`) and that do not exist. */
function deadPaths(path: string, text: string, exists: (file: string) => boolean): string[] {
  return [
    ...text.matchAll(/`((?:src|electron|test|docs|resources)\/[\w./-]*)`/g),
  ]
    .map(([, named = '']) => named)
    .filter(named => !exists(named))
    .map(named => `${path} names ${named}`)
}

const pages = projectFiles().filter(path => path.endsWith('.md') && !path.startsWith('docs/generated/') && (path.startsWith('docs/') || !path.includes('/')))

describe('written documentation', () => {
  it('is checked for links that lead nowhere', () => {
    expect(deadLinks('docs/a.md', '[one](b.md) [two](https://example.com) [three](gone.md#part)', file => file === 'docs/b.md')).toEqual(['docs/a.md links to gone.md'])
  })

  it('is checked for files it names that are gone', () => {
    expect(deadPaths('docs/a.md', '`src/there.ts` and `src/gone/` and `npm run src/x`', file => file === 'src/there.ts')).toEqual(['docs/a.md names src/gone/'])
  })

  it('links to and names only files that exist', () => {
    const exists = (file: string) => existsSync(join(projectDir, file))
    const dead = pages.flatMap((path) => {
      const text = readProjectFile(path) ?? ''
      return [
        ...deadLinks(path, text, exists),
        ...deadPaths(path, text, exists),
      ]
    })
    expect(dead).toEqual([])
  })

  it('names every decision DATE-title.md', () => {
    const names = projectFiles().filter(path => path.startsWith('docs/decisions/'))
    expect(names.filter(path => !/^docs\/decisions\/\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md$/.test(path))).toEqual([])
  })
})
