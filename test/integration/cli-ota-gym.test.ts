import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { imageOf } from '../support/ota-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('runs the failure gym from the shell, and prints what became of every device', async () => {
  const workspace = tempFolder()
  const { server } = await startServer(['--workspace', workspace, '--sample'])
  const file = join(tempFolder(), 'app.bin')
  writeFileSync(file, imageOf(20_000))
  const [product] = await thingbenchJson(['product', 'list', '--workspace', workspace])
  const [pack] = await thingbenchJson(['ota', 'package', 'create', file, '--product', String(product!.productKey), '--version', '2.0.0', '--workspace', workspace])
  const packageId = String(pack!.packageId)
  const run = await thingbench(['ota', 'gym', 'run', 'Thermostats', packageId, '--endings', 'succeeds=1,noRoom=1', '--wait', '150', '--workspace', workspace])
  expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^succeeds +SUCCEEDED +\d+ +expected\nnoRoom +FAILED \(progress\) +\d+ +expected\n\d+ as expected, 0 still open, 0 different\.\n$/) as string })
  const { batchId } = (await thingbenchJson(['ota', 'gym', 'run', 'Thermostats', packageId, '--endings', 'flashFails', '--wait', '150', '--workspace', workspace]))[0]!
  const shown = await thingbenchJson(['ota', 'gym', 'show', String(batchId), '--devices', '--workspace', workspace])
  expect(shown[0]).toMatchObject({ verdicts: { open: 0, different: 0 }, cells: [{ ending: 'flashFails', state: 'FAILED', cause: 'progress' }] })
  expect(shown[1]).toMatchObject({ ending: 'flashFails', verdict: 'expected', rule: 'stepFails' })
  expect(await thingbench(['ota', 'gym', 'run', 'Nobody', packageId, '--workspace', workspace])).toMatchObject({ code: 1, stderr: expect.stringContaining('no fleet Nobody') as string })
  await server.kill()
}, 400_000)
