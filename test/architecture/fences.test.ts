import type { Offence, Source } from './source.ts'
import { describe, expect, it } from 'vitest'
import { importsOf, listed, packageOf, projectSources, readProjectFile, sourceOf } from './source.ts'

/** Where each package may be imported, and why it is fenced in. A package that is not here has no place yet. */
const fences: Record<string, { folders: string[], why: string }> = {
  'electron': {
    folders: ['electron/'],
    why: 'under plain Node its import starts a download; the shell passes in what others need',
  },
  'better-sqlite3': {
    folders: ['src/engine/store/'],
    why: 'the store owns every statement; declare yours as a value in rows.ts',
  },
  'mqtt-packet': {
    folders: ['src/engine/broker/', 'src/engine/fleet/'],
    why: 'only the two ends of the device wire speak MQTT',
  },
  'ws': {
    folders: ['src/host/', 'src/engine/broker/'],
    why: 'WebSockets carry the console\'s RPC and MQTT, nothing else',
  },
  'pino': {
    folders: ['src/host/'],
    why: 'everybody else writes to the Log it is given',
  },
  'msgpackr': {
    folders: ['src/shared/rpc/', 'src/host/'],
    why: 'the wire codec has one home, used by both ends',
  },
  '@peculiar/x509': { folders: ['src/engine/'], why: 'certificates are made and read in the engine' },
  'quickjs-emscripten-core': { folders: ['src/engine/script/'], why: 'users\' scripts run in one sandbox; ask it through createScriptRunner' },
  '@jitl/quickjs-wasmfile-release-sync': { folders: ['src/engine/script/'], why: 'users\' scripts run in one sandbox; ask it through createScriptRunner' },
  'codemirror': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  '@codemirror/state': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  '@codemirror/view': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  '@codemirror/lint': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  '@codemirror/lang-javascript': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  '@codemirror/lang-yaml': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  '@codemirror/lang-json': { folders: ['src/ui/kit/'], why: 'code is edited in ui/kit/code/CodeEditor.vue' },
  'jsep': { folders: ['src/shared/'], why: 'expressions are read in shared/behaviour/expression.ts, which refuses what does not belong in them' },
  'papaparse': {
    folders: [
      'src/shared/',
      'src/engine/',
      'src/host/',
      'src/cli/',
      'src/ui/',
    ],
    why: 'tables are read and written in files, which is nobody else\'s work',
  },
  'yaml': { folders: ['src/shared/scenario/'], why: 'scenario files are read in one place, with the position of every problem' },
  'zod': {
    folders: [
      'src/shared/contract/',
      'src/shared/rpc/',
      'src/shared/scenario/',
      'src/host/',
      'src/engine/',
      'src/cli/',
    ],
    why: 'schemas belong to the contract; import the schema from there',
  },
  'echarts': {
    folders: ['src/ui/kit/'],
    why: 'charts share one theme; use or extend the chart widgets in ui/kit',
  },
  'uplot': {
    folders: ['src/ui/kit/'],
    why: 'charts share one theme; use or extend the chart widgets in ui/kit',
  },
  'vue': {
    folders: ['src/ui/'],
    why: 'the page is the only Vue program',
  },
  'vue-router': {
    folders: ['src/ui/'],
    why: 'the page is the only Vue program',
  },
  'vue-i18n': {
    folders: ['src/ui/'],
    why: 'the page is the only Vue program',
  },
  'pinia': {
    folders: ['src/ui/'],
    why: 'the page is the only Vue program',
  },
  '@vueuse/core': {
    folders: ['src/ui/'],
    why: 'the page is the only Vue program',
  },
  'naive-ui': {
    folders: ['src/ui/'],
    why: 'the page is the only Vue program',
  },
  '~icons': {
    folders: ['src/ui/'],
    why: 'icons are drawn by the page',
  },
}

/** Layers that must run without Node: the page, and what the page shares with the engine. */
const withoutNode = ['src/shared/', 'src/ui/']

function findUnfenced(sources: Source[]): Offence[] {
  return sources.flatMap(source => importsOf(source).filter(found => found.isPackage).flatMap(({ line, specifier }): Offence[] => {
    const name = packageOf(specifier)
    const offence = (message: string) => [
      { path: source.path, line, message },
    ]
    if (name.startsWith('node:')) {
      return withoutNode.some(folder => source.path.startsWith(folder))
        ? offence(`imports ${specifier}: this layer also runs in the page; take what Node gives as a parameter.`)
        : []
    }
    const fence = fences[name]
    if (!fence)
      return offence(`imports ${specifier}, which has no fence: decide in test/architecture/fences.test.ts who may use it (and write node: before Node's own modules).`)
    if (fence.folders.some(folder => source.path.startsWith(folder)))
      return []
    return offence(`imports ${specifier}, which only ${fence.folders.join(' and ')} may: ${fence.why}.`)
  }))
}

describe('fences', () => {
  it('notice a package outside its place, Node in a pure layer, and a package nobody decided about', () => {
    const bad = [
      sourceOf('src/engine/fleet/fleet.ts', `import Database from 'better-sqlite3'`),
      sourceOf('src/host/window.ts', `import type { BrowserWindow } from 'electron'`),
      sourceOf('src/shared/alink/sign.ts', `import { createHmac } from 'node:crypto'`),
      sourceOf('src/ui/features/plot/Plot.vue', `<script setup lang="ts">\nimport * as echarts from 'echarts/core'\n</script>`),
      sourceOf('src/engine/store/store.ts', `import fs from 'fs'`),
      sourceOf('src/cli/main.ts', `import _ from 'lodash'`),
    ]
    expect(findUnfenced(bad)).toHaveLength(bad.length)
  })

  it('let everything pass that is in its place', () => {
    const good = [
      sourceOf('src/engine/store/open.ts', `import Database from 'better-sqlite3'\nimport { join } from 'node:path'`),
      sourceOf('src/ui/kit/LivePlot.vue', `<script setup lang="ts">\nimport uPlot from 'uplot'\n</script>`),
    ]
    expect(findUnfenced(good)).toEqual([])
  })

  it('hold: each package is imported only where it belongs', () => {
    expect(listed(findUnfenced(projectSources('src', 'electron')))).toEqual([])
  })

  it('name no package that package.json does not have', () => {
    const manifest = JSON.parse(readProjectFile('package.json') ?? '{}') as { dependencies: object, devDependencies: object }
    const installed = Object.keys({
      ...manifest.dependencies,
      ...manifest.devDependencies,
    })
    expect(Object.keys(fences).filter(name => name !== '~icons' && !installed.includes(name))).toEqual([])
  })

  it('keep build and test tools out of what the engine needs at run time', () => {
    const manifest = JSON.parse(readProjectFile('package.json') ?? '{}') as { dependencies: Record<string, string> }
    const used = new Set(projectSources('src/shared', 'src/engine', 'src/host', 'src/cli').flatMap(source => importsOf(source).filter(found => found.isPackage && !found.typeOnly).map(({ specifier }) => packageOf(specifier))))
    expect([...used].filter(name => !name.startsWith('node:') && !(name in manifest.dependencies))).toEqual([])
  })
})
