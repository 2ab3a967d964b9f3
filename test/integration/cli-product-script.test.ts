import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { scriptOf } from '../support/raw-product.ts'
import { talkingModel } from '../support/talking-product.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('makes a product with a custom format, and shows, saves, tests and submits its script', async () => {
  const dir = tempFolder()
  const workspace = join(dir, 'bench')
  const inWorkspace = ['--workspace', workspace]
  const [product] = await thingbenchJson(['product', 'create', '--name', 'Probe', '--product-key', 'a1Probe', '--format', 'raw', ...inWorkspace])
  expect(product).toMatchObject({ productKey: 'a1Probe', dataFormat: 'raw' })
  await startServer(inWorkspace)
  const modelFile = join(dir, 'model.json')
  writeFileSync(modelFile, JSON.stringify(talkingModel))
  await thingbench(['product', 'import', modelFile, '--product', 'a1Probe', ...inWorkspace])

  const script = ['product', 'script']
  expect(await thingbench([...script, 'get', 'a1Probe', ...inWorkspace])).toMatchObject({ code: 1, stdout: '', stderr: 'Product a1Probe has no script yet.\n' })
  const { stdout: sample } = await thingbench([...script, 'get', 'a1Probe', '--sample', ...inWorkspace])
  const sampleFile = join(dir, 'sample.js')
  writeFileSync(sampleFile, sample)
  expect(await thingbench([...script, 'test', 'a1Probe', sampleFile, '--hex', '000000002a0000000050', ...inWorkspace])).toMatchObject({
    code: 0,
    stdout: '{"method":"thing.event.property.post","version":"1.0","id":"42","params":{"Brightness":80}}\n',
  })
  expect(await thingbenchJson([...script, 'save', 'a1Probe', sampleFile, ...inWorkspace])).toEqual([{ draft: true, version: 0 }])
  expect(await thingbenchJson([...script, 'test', 'a1Probe', '--alink', '{"method":"thing.service.property.set","id":"7","params":{"Brightness":1}}', ...inWorkspace])).toMatchObject([{ hex: '01000000070000000001', problem: null }])
  expect(await thingbenchJson([...script, 'submit', 'a1Probe', ...inWorkspace])).toEqual([{ draft: false, version: 1 }])

  const brokenFile = join(dir, 'broken.js')
  writeFileSync(brokenFile, scriptOf('console.log("here") || undefined.x'))
  const failed = await thingbench([...script, 'test', 'a1Probe', brokenFile, '--hex', '00', ...inWorkspace])
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed.stderr).toMatch(/^log: here\nThe script failed in line 1, column \d+: TypeError: .*\(26002\)\.\n$/)
  expect((await thingbench([...script, 'run', 'a1Probe', ...inWorkspace])).stderr).toContain('expected get, save, submit or test, got run')
}, 90_000)
