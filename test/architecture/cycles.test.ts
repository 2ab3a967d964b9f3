import type { Source } from './source.ts'
import { describe, expect, it } from 'vitest'
import { importsOf, projectSources, sourceOf } from './source.ts'

/**
 * Groups of files that reach each other through imports (strongly connected components, Tarjan 1972), each as one
 * line. Types count too: two files that need each other's types are one noun in two files.
 */
function findCycles(sources: Source[]): string[] {
  const edges = new Map(sources.map(source => [
    source.path,
    importsOf(source).filter(found => !found.isPackage).map(found => found.target),
  ]))
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[] = []

  const visit = (path: string): void => {
    index.set(path, index.size)
    low.set(path, index.get(path) ?? 0)
    stack.push(path)
    for (const next of edges.get(path) ?? []) {
      if (!edges.has(next))
        continue
      if (!index.has(next)) {
        visit(next)
        low.set(path, Math.min(low.get(path) ?? 0, low.get(next) ?? 0))
      }
      else if (stack.includes(next)) {
        low.set(path, Math.min(low.get(path) ?? 0, index.get(next) ?? 0))
      }
    }
    if (low.get(path) === index.get(path)) {
      const group = stack.splice(stack.indexOf(path))
      if (group.length > 1 || edges.get(path)?.includes(path))
        cycles.push(group.sort().join(' ⇄ '))
    }
  }
  for (const path of edges.keys()) {
    if (!index.has(path))
      visit(path)
  }
  return cycles
}

describe('cycles', () => {
  it('are noticed, whatever their length', () => {
    const bad = [
      sourceOf('src/engine/a.ts', `import { b } from './b.ts'`),
      sourceOf('src/engine/b.ts', `import type { C } from './c.ts'`),
      sourceOf('src/engine/c.ts', `import { a } from './a.ts'`),
      sourceOf('src/engine/d.ts', `import { a } from './a.ts'`),
    ]
    expect(findCycles(bad)).toEqual(['src/engine/a.ts ⇄ src/engine/b.ts ⇄ src/engine/c.ts'])
  })

  it('do not exist: move what both need into a third file, or pass it in', () => {
    expect(findCycles(projectSources('src', 'electron'))).toEqual([])
  })
})
