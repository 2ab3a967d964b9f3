import type { Offence, Source } from './source.ts'
import { describe, expect, it } from 'vitest'
import { importsOf, listed, projectSources, sourceOf } from './source.ts'

/** `src/engine/broker/auth.ts` → `broker`; a file directly in the folder has no part of its own. */
function partOf(path: string, folder: string): string | undefined {
  return path.startsWith(folder)
    ? /^([^/]+)\//.exec(path.slice(folder.length))?.[1]
    : undefined
}

interface Room {
  folder: string
  /** Parts that all others may use. */
  shared: readonly string[]
  /** Files directly in the folder say what the parts have in common, so the parts may import them; elsewhere they join the parts. */
  speaksForAll?: boolean
  advice: string
}

/** Folders whose sub-folders do not know each other. */
const rooms: Room[] = [
  {
    folder: 'src/engine/',
    shared: ['store'],
    advice: 'engine.ts joins the parts: pass a function in, or import type from its types.ts',
  },
  { folder: 'src/engine/platform/', shared: [], speaksForAll: true, advice: 'platform features do not know each other: let the one that joins them pass a function, or import type from its types.ts' },
  { folder: 'src/ui/features/', shared: [], advice: 'a feature does not know another one: link by route, or move the widget to ui/kit' },
]

/**
 * Imports from one part of a room into another. Types from a part's `types.ts` are the seam between parts: they
 * say what a part needs or offers, and pull no code in.
 */
export function findSiblingImports(sources: Source[]): Offence[] {
  return rooms.flatMap(({ folder, shared, speaksForAll = false, advice }) => sources.flatMap((source) => {
    const own = partOf(source.path, folder)
    if (own === undefined)
      return []
    return importsOf(source).flatMap(({ line, target, typeOnly }): Offence[] => {
      if (!target.startsWith(folder))
        return []
      const other = partOf(target, folder)
      const seam = typeOnly && target.endsWith('/types.ts')
      if (other === own || seam || (other === undefined && speaksForAll) || (other !== undefined && shared.includes(other)))
        return []
      return [
        { path: source.path, line, message: `imports ${target}: ${advice}.` },
      ]
    })
  }))
}

describe('siblings', () => {
  it('are noticed when one part of the engine, the platform or the page imports another', () => {
    const bad = [
      sourceOf('src/engine/fleet/fleet.ts', `import { createBroker } from '../broker/broker.ts'`),
      sourceOf('src/engine/broker/auth.ts', `import { createEngine } from '../engine.ts'`),
      sourceOf('src/engine/broker/acl.ts', `import { x } from '../platform/device/types.ts'`),
      sourceOf('src/engine/platform/thing/handle.ts', `import { x } from '../device/rules.ts'`),
      sourceOf('src/ui/features/fleet/FleetPage.vue', `<script setup lang="ts">\nimport Trace from '../trace/TraceTable.vue'\n</script>`),
    ]
    expect(findSiblingImports(bad)).toHaveLength(bad.length)
  })

  it('may share the store, types of a seam, and whatever lies in their own folder', () => {
    const good = [
      sourceOf('src/engine/fleet/fleet.ts', `import { createStore } from '../store/store.ts'\nimport { tick } from './tick.ts'`),
      sourceOf('src/engine/platform/thing/handle.ts', `import type { BrokerClient } from '../../broker/types.ts'`),
      sourceOf('src/engine/engine.ts', `import { createBroker } from './broker/broker.ts'`),
      sourceOf('src/ui/features/fleet/FleetPage.vue', `<script setup lang="ts">\nimport Matrix from './FleetMatrix.vue'\n</script>`),
    ]
    expect(findSiblingImports(good)).toEqual([])
  })

  it('do not import each other', () => {
    expect(listed(findSiblingImports(projectSources('src')))).toEqual([])
  })
})
