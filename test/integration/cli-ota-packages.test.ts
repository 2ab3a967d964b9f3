import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startProcess } from '../support/child-process.ts'
import { startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { imageOf } from '../support/ota-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'

function bench() {
  const workspace = join(tempFolder(), 'bench')
  mkdirSync(workspace)
  const file = join(tempFolder(), 'app.bin')
  writeFileSync(file, imageOf(3_000_000))
  return { workspace, file, json: (args: string[]) => thingbenchJson([...args, '--workspace', workspace]) }
}

it('makes modules and packages from the shell, shows and deletes them', async () => {
  const { workspace, file, json } = bench()
  const [product] = await json(['product', 'create', '--name', 'Lamp'])
  const productKey = String(product!.productKey)
  await json(['ota', 'module', 'create', productKey, 'mcu', '--alias', 'motor'])
  expect(await json(['ota', 'module', 'list', productKey])).toMatchObject([{ name: 'default' }, { name: 'mcu', alias: 'motor' }])
  expect(await json(['ota', 'module', 'update', productKey, 'mcu', '--alias', 'engine', '--description', 'the motor board'])).toMatchObject([{ name: 'mcu', alias: 'engine', description: 'the motor board' }])
  expect(await thingbench(['ota', 'module', 'update', productKey, 'mcu', '--workspace', workspace])).toMatchObject({ code: 2, stderr: expect.stringContaining('expected --alias or --description') as string })
  const [made] = await json(['ota', 'package', 'create', file, '--product', productKey, '--version', '2.0.0', '--module', 'mcu'])
  const md5 = createHash('md5').update(imageOf(3_000_000)).digest('hex')
  expect(made).toMatchObject({ name: 'mcu-2_0_0', state: 'none', files: [{ name: 'app.bin', size: 3_000_000, md5 }] })
  const shown = await thingbench(['ota', 'package', 'show', String(made!.packageId), '--workspace', workspace])
  expect(shown.stdout).toContain(`app.bin  3000000 bytes  md5 ${md5}`)
  const refused = await thingbench(['ota', 'package', 'create', file, '--product', productKey, '--version', '2.0.0', '--module', 'mcu', '--workspace', workspace])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no other update package has, got mcu-2_0_0') as string })
  expect(await json(['ota', 'package', 'list'])).toHaveLength(1)
  expect(await json(['ota', 'package', 'delete', String(made!.packageId)])).toMatchObject([{ deleted: true }])
  expect(await json(['ota', 'module', 'delete', productKey, 'mcu'])).toMatchObject([{ deleted: true }])
  expect(readdirSync(join(workspace, 'packages'))).toEqual([])
}, 120_000)

it('leaves no half package and loses no finished one when it is killed in the middle of an upload', async () => {
  const { workspace, file, json } = bench()
  const [product] = await json(['product', 'create', '--name', 'Lamp'])
  const { server } = await startServer(['--workspace', workspace])
  const wish = ['--product', String(product!.productKey), '--workspace', workspace]
  const [made] = await thingbenchJson(['ota', 'package', 'create', file, '--version', '1', ...wish])
  const large = join(tempFolder(), 'large.bin')
  writeFileSync(large, Buffer.alloc(200_000_000, 7))
  const uploading = startProcess('node', [thingbenchBin, 'ota', 'package', 'create', large, '--version', '2', ...wish])
  await expect.poll(() => readdirSync(join(workspace, 'packages')).some(name => name.endsWith('.part')), { timeout: 30_000, interval: 5 }).toBe(true)
  await server.kill()
  await uploading.kill()

  const again = await startServer(['--workspace', workspace])
  expect(await json(['ota', 'package', 'list'])).toMatchObject([{ packageId: made!.packageId, version: '1' }])
  expect(readdirSync(join(workspace, 'packages'))).toEqual((made!.files as { fileId: string }[]).map(({ fileId }) => fileId))
  await again.server.kill()
}, 120_000)
