import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { scriptWorkerFiles } from '../../../../src/engine/script/worker-entry.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

it('is the source beside it and the package\'s QuickJS when the engine runs from source', () => {
  const { code, wasmFile } = scriptWorkerFiles()
  expect(code.pathname).toMatch(/\/src\/engine\/script\/script-worker\.ts$/)
  expect([existsSync(code), existsSync(wasmFile)]).toEqual([true, true])
})

it('is the bundle with QuickJS beside it, at an entry or one folder above a shared chunk', () => {
  const out = tempFolder()
  mkdirSync(join(out, 'chunks'))
  writeFileSync(join(out, 'script-worker.js'), '')
  const expected = { code: pathToFileURL(join(out, 'script-worker.js')), wasmFile: join(out, 'quickjs.wasm') }
  expect(scriptWorkerFiles(pathToFileURL(join(out, 'main.js')).href)).toEqual(expected)
  expect(scriptWorkerFiles(pathToFileURL(join(out, 'chunks', 'x.js')).href)).toEqual(expected)
})
