import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { zipOf } from '../support/zip-of.ts'

const date = { type: 'date' }
const main = { profile: { productKey: 'a1Cli' }, properties: [{ identifier: 'A', dataType: date }, { identifier: 'B', dataType: date }] }
const pump = { functionBlockId: 'pump', functionBlockName: 'Pump', profile: { productKey: 'a1Cli' }, properties: [{ identifier: 'Flow', dataType: date }] }

it('imports the console\'s archive, edits through a draft, publishes it and brings an old version back', async () => {
  const dir = tempFolder()
  const workspace = ['--workspace', path.join(dir, 'bench')]
  const archive = path.join(dir, 'whole.zip')
  await writeFile(archive, zipOf([{ name: 'model/main.json', text: JSON.stringify(main) }, { name: 'model/pump.json', text: JSON.stringify(pump) }, { name: 'read.me', text: 'nothing' }]))
  const made = await thingbench(['product', 'import', archive, '--json', ...workspace])
  expect(JSON.parse(made.stdout)).toMatchObject({ productKey: 'a1Cli', version: '1.0' })

  const smaller = path.join(dir, 'smaller.json')
  await writeFile(smaller, JSON.stringify({ ...main, properties: main.properties.slice(1) }))
  await thingbench(['product', 'import', smaller, '--product', 'a1Cli', '--draft', ...workspace])
  expect((await thingbench(['model', 'draft', ...workspace])).stdout).toContain('! removed property A')
  expect(await thingbenchJson(['model', 'publish', '--version-name', '2.0', '--description', 'less', ...workspace])).toMatchObject([{ version: '2.0', changes: [{ change: 'removed', key: 'A', isBreaking: true }] }])
  expect(await thingbenchJson(['model', 'versions', ...workspace])).toMatchObject([{ version: '2.0', description: 'less', moduleCount: 1 }, { version: '1.0', moduleCount: 1 }])
  expect(await thingbenchJson(['model', 'restore', '--version-name', '1.0', ...workspace])).toMatchObject([{ basedOn: '2.0', changes: [{ change: 'added', key: 'A' }] }])
  expect(await thingbenchJson(['model', 'diff', '--from', '1.0', '--to', '2.0', ...workspace])).toMatchObject([{ change: 'removed', key: 'A' }])
  expect((await thingbench(['model', 'discard', ...workspace])).stdout).toBe('The draft is gone.\n')
  expect((await thingbench(['model', 'publish', ...workspace])).stderr).toContain('has no draft')
  expect(await thingbenchJson(['product', 'export', '--module', 'pump', ...workspace])).toMatchObject([{ functionBlockId: 'pump' }])
}, 60_000)

it('says what is wrong with an archive', async () => {
  const dir = tempFolder()
  const archive = path.join(dir, 'bad.zip')
  await writeFile(archive, zipOf([{ name: 'read.me', text: 'nothing' }]))
  const { code, stderr } = await thingbench(['product', 'import', archive, '--workspace', path.join(dir, 'bench')])
  expect({ code, stderr }).toEqual({ code: 1, stderr: `The file ${archive} cannot be read: the archive holds no .json file.\n` })
})
