import { expect, it } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('turns faults on, lists and turns them off from the shell', async () => {
  const workspace = tempFolder()
  const { server } = await startServer(['--workspace', workspace, '--sample'])
  const at = ['--workspace', workspace]
  const [product] = await thingbenchJson(['product', 'list', ...at])
  const productKey = String(product!.productKey)
  const set = await thingbenchJson(['fault', 'set', 'delay:minMs=5,maxMs=9', 'drop:share=0.5,of=post+event', '--product', productKey, '--seed', '7', '--for', '600', ...at])
  expect(set).toMatchObject([{ productKey, deviceName: null, fault: { kind: 'delay', minMs: 5, maxMs: 9, share: 1 }, seed: 7, until: expect.any(Number) as number }, { fault: { kind: 'drop', of: ['post', 'event'] } }])
  expect((await thingbench(['fault', 'set', 'flakyDownloads', ...at])).stdout).toMatch(/^slowDownload:bytesPerSec=8192 {2}everything {2}struck 0 {2}seed \d+\nstallDownload:percent=60 /)
  expect((await thingbench(['fault', 'list', ...at])).stdout.split('\n')).toHaveLength(5)
  expect((await thingbench(['fault', 'clear', 'drop', '--product', productKey, ...at])).stdout).toBe('1 fault off.\n')
  expect((await thingbenchJson(['fault', 'disconnect', '--product', productKey, ...at]))[0]).toMatchObject({ devices: expect.any(Number) as number })
  expect((await thingbenchJson(['fault', 'clear', '--everywhere', ...at]))[0]).toMatchObject({ cleared: [{}, {}, {}], exercisesEnded: 0 })
  expect(await thingbench(['fault', 'list', ...at])).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('No fault is on') as string })
  expect(await thingbench(['fault', 'set', 'delya', ...at])).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no fault "delya"') as string })
  expect(await thingbench(['fault', 'clear', 'delya', ...at])).toMatchObject({ code: 2 })
  expect(await thingbench(['fault', 'list', '--device', 'x', ...at])).toMatchObject({ code: 2, stderr: expect.stringContaining('--product is missing') as string })
  await server.kill()
}, 200_000)
