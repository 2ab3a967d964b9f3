import { expect, it } from 'vitest'
import { startEngine } from '../support/test-engine.ts'

it('keeps the tags of products, finds products by them and forgets them with the product', async () => {
  const { api, dir, close } = await startEngine()
  const { productKey } = await api.call('product.create', { name: 'Lamps' })
  const other = await api.call('product.create', { name: 'Meters' })
  await api.call('productTag.set', { productKey, tags: [{ key: 'room', value: 'hall' }, { key: 'floor', value: '3' }], mode: 'add' })
  await api.call('productTag.set', { productKey: other.productKey, tags: [{ key: 'room', value: 'cellar' }], mode: 'add' })
  expect(await api.call('productTag.list', { productKey })).toEqual({ tags: [{ key: 'floor', value: '3' }, { key: 'room', value: 'hall' }] })
  await expect(api.call('productTag.set', { productKey, tags: [{ key: 'room', value: 'attic' }], mode: 'add' })).rejects.toMatchObject({ code: 'input/invalid', details: { invalidTags: [{ key: 'room' }] } })
  await api.call('productTag.set', { productKey, tags: [{ key: 'room', value: 'attic' }], mode: 'change' })
  expect((await api.call('productTag.find', { tags: [{ key: 'room', value: 'attic' }] })).productKeys).toEqual([productKey])
  expect((await api.call('productTag.find', { tags: [{ key: 'room' }] })).productKeys.sort()).toEqual([productKey, other.productKey].sort())
  expect((await api.call('productTag.delete', { productKey, keys: ['floor', 'nobody'] })).tags).toEqual([{ key: 'room', value: 'attic' }])
  await api.call('product.delete', { productKey: other.productKey })
  await close()

  const again = await startEngine({ workspaceDir: dir })
  expect((await again.api.call('productTag.find', { tags: [{ key: 'room' }] })).productKeys).toEqual([productKey])
})

it('edits single features of a draft without the rest of it', async () => {
  const { api } = await startEngine()
  const { productKey } = await api.call('product.create', { name: 'Lamps' })
  const feature = (identifier: string, max: string): string => JSON.stringify({ properties: [{ identifier, name: identifier, rwFlag: 'READ_WRITE', dataType: 'INT', dataSpecs: { dataType: 'INT', min: '0', max, step: '1' } }] })
  await api.call('model.edit', { productKey, change: { kind: 'add', features: feature('Level', '10') } })
  await api.call('model.edit', { productKey, change: { kind: 'add', features: feature('Speed', '20') } })
  await api.call('model.edit', { productKey, change: { kind: 'replace', identifier: 'Speed', features: feature('Pace', '30') } })
  const draft = await api.call('model.edit', { productKey, change: { kind: 'remove', properties: ['Level'], events: [], services: [] } })
  expect((JSON.parse(draft.documents[0]!) as { properties: { identifier: string }[] }).properties.map(({ identifier }) => identifier)).toEqual(['Pace'])
  await expect(api.call('model.edit', { productKey, change: { kind: 'add', features: feature('Pace', '1') } })).rejects.toMatchObject({ message: expect.stringContaining('Pace') as string })
})
