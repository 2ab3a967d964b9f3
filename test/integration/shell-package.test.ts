import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtProduct } from '../support/built-product.ts'
import { runProcess } from '../support/child-process.ts'
import { tempFolder } from '../support/temp-folder.ts'

const projectDir = path.join(import.meta.dirname, '..', '..')
const require = createRequire(import.meta.url)

beforeAll(async () => void await builtProduct(), 120_000)

/** Marks the place of Electron's fuses in its program: the sentinel, then version, count and one character each. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** A folder with the shape of an unpacked Electron and none of its program, enough to be packaged. */
function standInForElectron(folder: string): string {
  mkdirSync(path.join(folder, 'resources'), { recursive: true })
  mkdirSync(path.join(folder, 'locales'))
  writeFileSync(path.join(folder, 'electron'), Buffer.concat([Buffer.from(`stand-in ${fuseSentinel}`), Buffer.from([1, 9]), Buffer.from('1'.repeat(9))]), { mode: 0o755 })
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak', 'locales/zh-CN.pak', 'locales/de.pak'])
    writeFileSync(path.join(folder, file), '')
  writeFileSync(path.join(folder, 'version'), (require('electron/package.json') as { version: string }).version)
  const header = '{"files":{}}'
  const sizes = Buffer.alloc(16);
  [4, header.length + 8, header.length + 4, header.length].forEach((size, index) => sizes.writeUInt32LE(size, index * 4))
  writeFileSync(path.join(folder, 'resources', 'default_app.asar'), Buffer.concat([sizes, Buffer.from(header)]))
  return folder
}

interface ArchiveEntry { files?: Record<string, ArchiveEntry>, unpacked?: boolean }

/** The paths in an asar archive; what lies beside it is marked. */
function listArchive(file: string): string[] {
  const bytes = readFileSync(file)
  const header = JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as ArchiveEntry
  const list = (entry: ArchiveEntry, at: string): string[] => entry.files
    ? Object.entries(entry.files).flatMap(([name, child]) => list(child, at ? `${at}/${name}` : name))
    : [entry.unpacked ? `${at} (beside)` : at]
  return list(header, '')
}

describe('the package', () => {
  it('holds the built product, the one native module it needs and the samples, with its fuses set', async () => {
    const folder = tempFolder()
    const electronDist = standInForElectron(path.join(folder, 'dist'))
    const { code, stdout, stderr } = await runProcess('node', [
      path.join(path.dirname(require.resolve('electron-builder/package.json')), 'cli.js'),
      '--linux',
      'dir',
      '--publish',
      'never',
      `-c.electronDist=${electronDist}`,
      `-c.directories.output=${path.join(folder, 'release')}`,
    ], { cwd: projectDir, timeoutMs: 60_000 })
    expect(code, stdout + stderr).toBe(0)

    const packed = path.join(folder, 'release', 'linux-unpacked')
    const files = listArchive(path.join(packed, 'resources', 'app.asar'))
    expect(['out/main/main.js', 'out/main/engine-process.js', 'out/main/fleet-process.js', 'out/main/store-writer.js', 'out/main/store-reader.js', 'out/preload/preload.cjs', 'out/renderer/index.html', 'package.json'].filter(file => !files.includes(file))).toEqual([])
    expect(new Set(files.map(file => file.split('/').slice(0, file.startsWith('node_modules/') ? 2 : 1).join('/')))).toEqual(new Set(['out', 'package.json', 'node_modules/better-sqlite3']))
    expect(files.filter(file => file.includes('.node'))).toEqual([`linux-${process.arch}`, `linuxmusl-${process.arch}`].map(name => `node_modules/better-sqlite3/prebuilds/${name}.node (beside)`))
    expect(files.filter(file => file.endsWith('.map') || file.endsWith('.ts'))).toEqual([])
    expect(existsSync(path.join(packed, 'resources', 'app.asar.unpacked', 'node_modules', 'better-sqlite3', 'prebuilds', `linux-${process.arch}.node`))).toBe(true)
    expect(readdirSync(path.join(packed, 'resources', 'samples', 'products'))).toEqual(readdirSync(path.join(projectDir, 'resources', 'products')))
    expect(readdirSync(path.join(packed, 'locales'))).toEqual(['en-US.pak', 'zh-CN.pak'])

    const program = readFileSync(path.join(packed, 'thingbench'))
    const fuses = program.subarray(program.indexOf(fuseSentinel) + fuseSentinel.length + 2).toString('latin1', 0, 8)
    // runAsNode, cookie encryption, NODE_OPTIONS, inspect arguments, asar integrity, only from asar, V8 snapshot (untouched), file protocol.
    expect(fuses).toBe('01001110')
  }, 70_000)
})
