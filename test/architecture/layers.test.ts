import type { Offence, Source } from './source.ts'
import { describe, expect, it } from 'vitest'
import { importsOf, listed, projectSources, sourceOf } from './source.ts'

/** Which layers each layer may import; itself always. The picture is in docs/architecture.md. */
const mayImport: Record<string, string[]> = {
  shared: [],
  engine: ['shared'],
  ui: ['shared'],
  host: ['engine', 'shared'],
  cli: ['host', 'engine', 'shared'],
  electron: ['host', 'engine', 'shared'],
}

const why: Record<string, string> = {
  shared: 'shared is pure and knows nobody; move the import\'s user up, or pass the thing in as a parameter',
  engine: 'the engine must run under every host; let the host pass it in through EngineConfig',
  ui: 'the page meets the engine only at the contract; add a method or stream to src/shared/contract',
  host: 'a host puts an engine on a wire and knows no command, page or window',
  cli: 'commands talk to an engine through src/host',
  electron: 'the shell only hosts; the page is a built bundle and the commands are their own program',
}

function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? (path.startsWith('electron/')
    ? 'electron'
    : undefined)
}

/** Imports against the direction of the layers, or out of the layers altogether. */
export function findWrongWay(sources: Source[]): Offence[] {
  return sources.flatMap((source) => {
    const own = layerOf(source.path)
    if (own === undefined)
      return []
    const allowed = mayImport[own]
    if (!allowed) {
      return [
        { path: source.path, line: 1, message: `is in the unknown layer ${own}; the layers are ${Object.keys(mayImport).join(', ')}` },
      ]
    }
    return importsOf(source).filter(found => !found.isPackage).flatMap(({ line, target }): Offence[] => {
      const other = layerOf(target)
      if (other === own || (other !== undefined && allowed.includes(other)))
        return []
      // Data beside the code: sample products, icons, the package's own version.
      if (other === undefined && (target.startsWith('resources/') || target === 'package.json'))
        return []
      return [
        { path: source.path, line, message: `imports ${target}: ${why[own]}.` },
      ]
    })
  })
}

/** The floors of the page, from the ground up: each may use the ones below it. */
const floors = ['kit', 'client', 'session', 'parts', 'features', 'app']

/** Imports inside the page from a lower floor to a higher one. */
export function findUpstairs(sources: Source[]): Offence[] {
  const floorOf = (path: string): number => floors.indexOf(/^src\/ui\/([^/]+)\//.exec(path)?.[1] ?? '')
  return sources.flatMap((source) => {
    const own = floorOf(source.path)
    if (own === -1)
      return []
    return importsOf(source).filter(({ target }) => floorOf(target) > own).map(({ line, target }) => ({
      path: source.path,
      line,
      message: `imports ${target}, a floor above its own: the page is built up from ${floors.join(', ')}; pass it in as a prop, slot or parameter.`,
    }))
  })
}

describe('layers', () => {
  it('notices an import against the direction, in every form an import can take', () => {
    const bad = [
      sourceOf('src/shared/a.ts', `import type { Engine } from '../engine/config.ts'`),
      sourceOf('src/engine/b.ts', `export { serve } from '../host/serve.ts'`),
      sourceOf('src/ui/features/home/Home.vue', `<template><p /></template>\n<script setup lang="ts">\nconst x = await import('../../../engine/engine.ts')\n</script>`),
      sourceOf('src/host/c.ts', `new Worker(new URL('../cli/main.ts', import.meta.url))`),
      sourceOf('src/cli/d.ts', `let w: import('../../electron/window.ts').Window`),
      sourceOf('electron/e.ts', `import '../src/ui/main.ts'`),
      sourceOf('src/engine/f.ts', `import { waitFor } from '../../test/support/wait-for.ts'`),
    ]
    expect(findWrongWay(bad).map(({ path, line }) => `${path}:${line}`)).toEqual([
      'src/shared/a.ts:1',
      'src/engine/b.ts:1',
      'src/ui/features/home/Home.vue:3',
      'src/host/c.ts:1',
      'src/cli/d.ts:1',
      'electron/e.ts:1',
      'src/engine/f.ts:1',
    ])
  })

  it('accepts imports along the arrows', () => {
    const good = [
      sourceOf('src/engine/a.ts', `import { x } from '../shared/json.ts'`),
      sourceOf('electron/main.ts', `import { x } from '../src/host/rpc/serve.ts'`),
    ]
    expect(findWrongWay(good)).toEqual([])
  })

  it('notices a widget that knows a feature', () => {
    const bad = sourceOf('src/ui/kit/Field.vue', `<script setup lang="ts">\nimport { useFleet } from '../features/fleet/use-fleet.ts'\n</script>`)
    expect(findUpstairs([bad])).toHaveLength(1)
    expect(findUpstairs([sourceOf('src/ui/app/App.vue', `<script setup lang="ts">\nimport Field from '../kit/Field.vue'\n</script>`)])).toEqual([])
  })

  it('inside the page, point down only: kit ← client ← session ← parts ← features ← app', () => {
    expect(listed(findUpstairs(projectSources('src')))).toEqual([])
  })

  it('point one way only: shared ← engine ← host ← cli and electron, shared ← ui', () => {
    expect(listed(findWrongWay(projectSources('src', 'electron')))).toEqual([])
  })
})
