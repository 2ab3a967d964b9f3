import type { Offence, Source } from './source.ts'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { lineOf, listed, projectSources, sourceOf, walk } from './source.ts'

const replacement: Record<string, string> = {
  'Date.now': 'take the Clock (page: src/ui/kit/wall-clock.ts)',
  'new Date()': 'take the Clock (page: src/ui/kit/wall-clock.ts)',
  'Math.random': 'take a seeded generator; for keys and secrets use node:crypto',
  'setTimeout': 'take the Clock and set an alarm (page: VueUse\'s useTimeoutFn)',
  'setInterval': 'take the Clock and set an alarm again when it fires (page: VueUse\'s useIntervalFn)',
  'process.env': 'the host reads the environment and passes values in',
  'performance.now': 'take the Clock; only workers, hosts and the page measure durations',
}

/** Who may touch the world, and which part of it. Everything else gets it passed in, so that a run can be repeated. */
const exempt: { path: RegExp, uses: string[] | 'all' }[] = [
  { path: /^src\/(?:cli|host)\//, uses: 'all' },
  { path: /^src\/engine\/engine\.ts$/, uses: 'all' },
  // A process or worker of its own has its own entry, where the world comes in.
  { path: /^src\/engine\/.*(?:worker|process|entry)[^/]*\.ts$/, uses: ['performance.now', 'Date.now', 'setTimeout'] },
  // The store's workers give each query and each turn a share of time.
  { path: /^src\/engine\/store\/(?!store\.ts)/, uses: ['performance.now'] },
  { path: /^src\/ui\/kit\/wall-clock\.ts$/, uses: 'all' },
  {
    path: /^src\/ui\//,
    uses: ['performance.now', 'setTimeout', 'setInterval'],
  },
]

/** The name under which the rule knows this node, if it touches the world. */
function worldUse(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const name = `${node.expression.text}.${node.name.text}`
    return name in replacement
      ? name
      : undefined
  }
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Date' && (node.arguments?.length ?? 0) === 0)
    return 'new Date()'
  if (ts.isIdentifier(node) && (node.text === 'setTimeout' || node.text === 'setInterval')) {
    const { parent } = node
    // Calls, and handing it on; not properties of that name, nor types of it.
    const named = (ts.isPropertyAccessExpression(parent) && parent.name === node && !(ts.isIdentifier(parent.expression) && ['globalThis', 'window', 'timers'].includes(parent.expression.text)))
      || ts.isPropertyAssignment(parent) || ts.isTypeQueryNode(parent)
    return named ? undefined : node.text
  }
  return undefined
}

function findWorldUses(sources: Source[]): Offence[] {
  return sources.flatMap((source) => {
    const rights = exempt.filter(({ path }) => path.test(source.path))
    const offences: Offence[] = []
    walk(source, (node) => {
      const use = worldUse(node)
      if (use !== undefined && !rights.some(({ uses }) => uses === 'all' || uses.includes(use))) {
        offences.push({
          path: source.path,
          line: lineOf(source, node),
          message: `uses ${use}, so no run can be repeated: ${replacement[use]}.`,
        })
      }
    })
    return offences
  })
}

describe('time, randomness and the environment', () => {
  it('are noticed where they are not passed in', () => {
    const bad = [
      sourceOf('src/engine/fleet/tick.ts', `const at = Date.now()`),
      sourceOf('src/engine/fleet/a.ts', `const at = new Date().toISOString()`),
      sourceOf('src/shared/b.ts', `export const x = Math.random()`),
      sourceOf('src/engine/c.ts', `setTimeout(() => {}, 10)`),
      sourceOf('src/engine/d.ts', `import { setTimeout as delay } from 'node:timers/promises'`),
      sourceOf('src/engine/e.ts', `if (process.env.HOME) {}`),
      sourceOf('src/engine/broker/f.ts', `const from = performance.now()`),
      sourceOf('src/ui/app/G.vue', `<script setup lang="ts">\nconst at = Date.now()\n</script>`),
    ]
    expect(findWorldUses(bad).map(({ path }) => path)).toEqual(bad.map(({ path }) => path))
  })

  it('may be touched at the rim', () => {
    const good = [
      sourceOf('src/host/real-clock.ts', `setTimeout(() => Date.now(), 1)`),
      sourceOf('src/engine/store/writer-worker.ts', `const from = performance.now()`),
      sourceOf('src/shared/dates.ts', `export const text = (at: number) => new Date(at).toISOString()`),
      sourceOf('src/engine/broker/socket.ts', `socket.setTimeout(1000)`),
    ]
    expect(findWorldUses(good)).toEqual([])
  })

  it('are passed in everywhere else', () => {
    expect(listed(findWorldUses(projectSources('src')))).toEqual([])
  })
})
