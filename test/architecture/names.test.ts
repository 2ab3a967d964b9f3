import type { Offence } from './source.ts'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listed, projectFiles } from './source.ts'

const drawers = /(?:^|[-.])(?:utils?|helpers?|common|misc|managers?)(?:[-.]|$)/i

/** File names that do not say what is inside, or say it in the wrong case. */
function findBadNames(paths: string[]): Offence[] {
  return paths.flatMap((path): Offence[] => {
    const file = posix.basename(path)
    const at = (message: string) => [
      { path, line: 1, message },
    ]
    if (path.split('/').some(part => drawers.test(part.replace(/\.[a-z]+$/, ''))))
      return at('is a drawer (utils, helpers, common, misc, manager): name the noun that is inside.')
    if (file.endsWith('.vue') && !/^[A-Z][A-Za-z0-9]*\.vue$/.test(file))
      return at('is a component: write its name in PascalCase.')
    if (/\.m?ts$/.test(file) && !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*\.m?ts$/.test(file))
      return at('is a module: write its name in kebab-case.')
    return []
  })
}

describe('names', () => {
  it('of drawers and in the wrong case are noticed', () => {
    expect(findBadNames([
      'src/engine/utils.ts',
      'src/ui/common/Field.vue',
      'src/engine/fleet-manager.ts',
      'src/host/RpcServer.ts',
      'src/ui/kit/live-plot.vue',
      'test/helpers/x.ts',
    ])).toHaveLength(6)
    expect(findBadNames([
      'src/engine/broker/command-line.ts',
      'src/ui/kit/LivePlot.vue',
      'src/ui/session/session.store.ts',
      'test/unit/clock.test.ts',
    ])).toEqual([])
  })

  it('say what is inside', () => {
    expect(listed(findBadNames(projectFiles().filter(path => /^(?:src|electron|test)\//.test(path))))).toEqual([])
  })
})
