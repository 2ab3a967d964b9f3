import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtProduct } from '../support/built-product.ts'
import { runProcess } from '../support/child-process.ts'
import { tempFolder } from '../support/temp-folder.ts'

const builtin = new Set(builtinModules)
let outDir: string

beforeAll(async () => {
  outDir = await builtProduct()
}, 120_000)

describe('the built shell', () => {
  it('boots, runs the engine and a fleet in processes of their own, survives kill -9 of the engine and quits in order', async () => {
    const folder = tempFolder()
    const workspace = path.join(folder, 'workspace')
    const logs = path.join(folder, 'logs')
    const { code, stdout, stderr } = await runProcess('node', [path.join(import.meta.dirname, '..', 'support', 'boot-shell.ts'), outDir, workspace, logs], { timeoutMs: 60_000 })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      windowUrl: 'app://thingbench/',
      preload: path.join(outDir, 'preload', 'preload.cjs'),
      info: { workspace, version: '1.2.3' },
      // The engine and its fleet; the second engine and the fleet that it resumed come after.
      forked: 2,
      restarts: 1,
      sameEngine: false,
      products: [true],
      processesAlive: 0,
      dialogs: [],
    })
    expect(readFileSync(path.join(logs, 'shell.log'), 'utf8')).toContain('"from":"stopping","to":"stopped"')
  }, 70_000)

  it('has every file that main and the engine start by name', async () => {
    const files = await readdir(path.join(outDir, 'main'))
    expect(['main.js', 'engine-process.js', 'fleet-process.js', 'store-writer.js', 'store-reader.js', 'cli.js'].filter(file => !files.includes(file))).toEqual([])
  })

  it('imports nothing at run time but Node, Electron and the native module', async () => {
    const folder = path.join(outDir, 'main')
    const imported = new Set<string>()
    for (const file of await readdir(folder)) {
      for (const [, specifier = ''] of readFileSync(path.join(folder, file), 'utf8').matchAll(/^(?:import|export)\b[^'"\n]*?(?:from )?["']([^"'\n]+)["'];?$/gm))
        imported.add(specifier)
    }
    expect([...imported].filter(specifier => !specifier.startsWith('./') && !specifier.startsWith('node:') && !builtin.has(specifier)).sort()).toEqual(['better-sqlite3', 'electron'])
  })

  it('has a preload that is one CommonJS file, requires nothing but Electron and exposes only the bridge', async () => {
    expect(await readdir(path.join(outDir, 'preload'))).toEqual(['preload.cjs'])
    const required: string[] = []
    const exposed: Record<string, object> = {}
    const sent: unknown[][] = []
    const posted: unknown[][] = []
    const listeners: Record<string, (...args: unknown[]) => void> = {}
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, bridge: object) => { exposed[name] = bridge } },
      ipcRenderer: {
        send: (...args: unknown[]) => { sent.push(args) },
        on: (channel: string, listener: (...args: unknown[]) => void) => { listeners[channel] = listener },
      },
    }
    runInContext(readFileSync(path.join(outDir, 'preload', 'preload.cjs'), 'utf8'), createContext({
      require: (name: string) => {
        required.push(name)
        return electron
      },
      module: { exports: {} },
      exports: {},
      process: { versions: { electron: '45', chrome: '155', node: '24' } },
      window: { postMessage: (...args: unknown[]) => { posted.push(args) } },
    }))

    expect(required).toEqual(['electron'])
    expect(Object.keys(exposed)).toEqual(['thingbench'])
    const bridge = exposed.thingbench as { requestEngine: () => void, setLocale: (locale: string) => void, onEngineLost: (listener: () => void) => void, onCommand: (listener: (command: string) => void) => void }
    expect(Object.keys(bridge)).toEqual(['kind', 'versions', 'requestEngine', 'onEngineLost', 'onCommand', 'setLocale'])

    bridge.requestEngine()
    bridge.setLocale('zh')
    expect(sent).toEqual([['engine:connect'], ['shell:locale', 'zh']])
    const heard: string[] = []
    bridge.onEngineLost(() => heard.push('lost'))
    bridge.onCommand(command => heard.push(command))
    listeners['engine:lost']!({ sender: 'hidden' })
    listeners['menu:command']!({ sender: 'hidden' }, 'go.home')
    expect(heard).toEqual(['lost', 'go.home'])
    const port = {}
    listeners['engine:port']!({ ports: [port] })
    expect(posted).toEqual([['thingbench:engine-port', '*', [port]]])
  })

  it('has a page whose files lie where both hosts serve them from', () => {
    const html = readFileSync(path.join(outDir, 'renderer', 'index.html'), 'utf8')
    const files = [...html.matchAll(/(?:src|href)="\.?\/([^"]+)"/g)].map(([, file = '']) => file)
    expect(files.length).toBeGreaterThan(1)
    expect(files.filter(file => !existsSync(path.join(outDir, 'renderer', file)))).toEqual([])
    // The page's content policy allows no script in the page itself.
    expect([...html.matchAll(/<script[^>]*>/g)].filter(([tag]) => !tag.includes(' src='))).toEqual([])
  })
})
