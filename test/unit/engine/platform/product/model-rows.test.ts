import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { modelTables, selectDraft, selectVersions } from '../../../../../src/engine/platform/product/model-rows.ts'
import { productModuleTables, productTables } from '../../../../../src/engine/platform/product/rows.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

it('turns the models that a workspace has from before into their version 1.0, custom modules included', () => {
  const db = openConnection(path.join(tempFolder(), 'registry.db'))
  onTestFinished(() => { db.close() })
  db.exec(productTables)
  db.exec(productModuleTables)
  const product = db.prepare('INSERT INTO product VALUES (?, \'s\', \'n\', \'device\', \'weak\', ?, ?)')
  product.run('whole', 20, 'main')
  product.run('modules', 10, null)
  product.run('empty', 5, null)
  const module = db.prepare('INSERT INTO product_module VALUES (?, ?, ?)')
  module.run('whole', 'b', 'second')
  module.run('whole', 'a', 'first')
  module.run('modules', 'a', 'only')
  db.exec(modelTables)

  const versions = (key: string): unknown => db.prepare<[string], Record<string, never>>(selectVersions.sql).all(key).map(row => selectVersions.map!(row))
  expect(versions('whole')).toEqual([{ version: '1.0', description: '', publishedAt: 20, origin: 'kept', documents: ['main', 'first', 'second'] }])
  expect(versions('modules')).toMatchObject([{ documents: ['only'] }])
  expect(versions('empty')).toEqual([])
})

it('shows a row whose documents cannot be read as one document with its faults', () => {
  expect(selectDraft.map!({ documents: '{"a"', based_on: null, saved_at: 1 })).toEqual({ documents: ['{"a"'], basedOn: null, savedAt: 1 })
})
