import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { workerEntry } from '../../../../src/engine/store/worker-entry.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

it('is the source file beside it when the engine runs from source', () => {
  for (const worker of ['writer', 'reader'] as const)
    expect(existsSync(workerEntry(worker))).toBe(true)
  expect(workerEntry('writer').pathname).toMatch(/\/src\/engine\/store\/writer-worker\.ts$/)
})

it('is the bundle beside an entry, or one folder above a shared chunk', () => {
  const out = tempFolder()
  mkdirSync(join(out, 'chunks'))
  writeFileSync(join(out, 'store-reader.js'), '')
  const expected = pathToFileURL(join(out, 'store-reader.js')).href
  expect(workerEntry('reader', pathToFileURL(join(out, 'main.js')).href).href).toBe(expected)
  expect(workerEntry('reader', pathToFileURL(join(out, 'chunks', 'store-x.js')).href).href).toBe(expected)
})
