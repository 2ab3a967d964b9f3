import type { JsonObject } from '../../src/shared/json.ts'
import type { UpdatingDevice } from '../support/rollout-bench.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startProcess } from '../support/child-process.ts'
import { jsonLines, startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { connectUpdating } from '../support/rollout-bench.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

/** A workspace with a product, devices `dev-0001` … and a package of version 2.0, served or not. */
async function start({ count = 2, serves = true, verify = false }: { count?: number, serves?: boolean, verify?: boolean } = {}) {
  const dir = tempFolder()
  const workspace = join(dir, 'bench')
  mkdirSync(workspace)
  const ready = serves ? (await startServer(['--workspace', workspace])).ready : null
  const inWorkspace = ['--workspace', workspace]
  const json = (...args: string[]) => thingbenchJson([...args, ...inWorkspace])
  const run = (...args: string[]) => thingbench([...args, ...inWorkspace])
  await json('product', 'create', '--name', 'Lamp', '--product-key', productKey)
  const devices: JsonObject[] = []
  for (let index = 1; index <= count; index++)
    devices.push(...await json('device', 'create', '--product', productKey, '--name', `dev-000${index}`))
  const file = join(dir, 'app.bin')
  writeFileSync(file, 'HELLO-OTA 2.0')
  const [made] = await json('ota', 'package', 'create', file, '--product', productKey, '--version', '2.0', ...verify ? ['--verify'] : [])
  const connect = (index: number): Promise<UpdatingDevice> => connectUpdating({ mqtt: ready!.mqtt }, { productKey, deviceName: `dev-000${index}`, deviceSecret: String(devices[index - 1]!.deviceSecret) })
  return { dir, inWorkspace, json, run, packageId: String(made!.packageId), connect }
}

it('updates devices from the shell: makes a batch, follows it to its end and tells what happened', async () => {
  const { inWorkspace, json, run, packageId, connect } = await start()
  const device = await connect(1)
  await device.inform('1.0')
  expect((await run('ota', 'batch', 'create', packageId, '--from', '1.0', '--preview')).stdout).toBe('1 of 2 devices would get the update, 1 without a reported version.\nFulfilling the conditions: 1, of these 0 offline.\n')
  expect(await json('ota', 'batch', 'create', packageId, '--preview')).toMatchObject([{ inScope: 2, tasks: 2, offline: 1 }])
  expect(await json('ota', 'batch', 'list')).toEqual([])
  const [made] = await json('ota', 'batch', 'create', packageId, '--devices', 'dev-0001', '--timeout', '60', '--retry-after', '10', '--retries', '2', '--rate', '100', '--tags', 'wave=1')
  expect(made).toMatchObject({ packageId, scope: { kind: 'named', deviceCount: 1 }, timeoutMinutes: 60, retryMinutes: 10, retriesMax: 2, rate: { kind: 'constant', perMinute: 100 }, tags: { wave: '1' }, state: 'IN_PROGRESS' })
  const batchId = String(made!.batchId)
  await waitFor(() => device.notices.length === 1)
  const watching = startProcess('node', [thingbenchBin, 'ota', 'batch', 'watch', batchId, '--json', ...inWorkspace])
  await watching.line(line => line.includes('"NOTIFIED":1'), { timeoutMs: 30_000, what: 'the first line' })
  await device.progress(40, 'downloading')
  await device.inform('2.0')
  expect((await watching.exited).code).toBe(0)
  expect(jsonLines(watching.stdout()).at(-1)).toMatchObject({ state: 'COMPLETED', counts: { SUCCEEDED: 1 } })
  expect(await run('ota', 'batch', 'watch', batchId)).toMatchObject({ code: 0, stdout: expect.stringContaining('COMPLETED  1 succeeded') as string })

  const [task] = await json('ota', 'batch', 'tasks', batchId, '--state', 'succeeded,FAILED')
  expect(task).toMatchObject({ deviceName: 'dev-0001', state: 'SUCCEEDED', sourceVersion: '1.0' })
  expect(await json('ota', 'batch', 'tasks', batchId, '--state', 'FAILED')).toEqual([])
  const { stdout, stderr } = await run('ota', 'batch', 'timeline', String(task!.taskId))
  expect(stderr).toContain('dev-0001  SUCCEEDED  1.0 to 2.0')
  expect(stdout.split('\n').map(line => line.split('  ')[1])).toEqual(['created', 'pushed', 'progress 40', 'version 2.0', undefined])
  const shown = await run('ota', 'batch', 'show', batchId)
  expect(shown.stdout).toBe(`${batchId}  batch of default 2.0 for a1Test, completed: 1 succeeded\n  1 named device\n  told 100 a minute, over HTTPS\n  2 retries, after 10 min\n  timeout after 60 min\n  tags wave=1\n`)
  expect((await run('ota', 'batch', 'list')).stdout).toBe(`${shown.stdout.split('\n')[0]!}\n`)
  expect(await json('ota', 'batch', 'list', '--product', productKey, '--device', 'dev-0002')).toEqual([])
}, 180_000)

it('says with its exit code that an update failed, and lets it begin anew, be paused, confirmed and cancelled', async () => {
  const { inWorkspace, json, run, packageId, connect } = await start()
  const device = await connect(1)
  const [made] = await json('ota', 'batch', 'create', packageId, '--confirm')
  const batchId = String(made!.batchId)
  expect(await json('ota', 'batch', 'confirm', batchId)).toEqual([{ batchId, confirmed: 2 }])
  expect(await run('ota', 'batch', 'confirm', batchId)).toMatchObject({ code: 1, stdout: 'Confirmed 0 updates.\n' })
  await waitFor(() => device.notices.length === 1)
  const tasks = await json('ota', 'batch', 'tasks', batchId)
  const [first, second] = tasks.map(({ taskId }) => String(taskId)) as [string, string]
  expect(await json('ota', 'batch', 'cancel', batchId, '--tasks', second)).toEqual([{ batchId, cancelled: 1 }])
  const watching = startProcess('node', [thingbenchBin, 'ota', 'batch', 'watch', batchId, ...inWorkspace])
  await watching.line(line => line.includes('1 cancelled, 1 pushed'), { timeoutMs: 30_000, what: 'the first line' })
  await device.progress(-2, 'no route')
  expect((await watching.exited).code).toBe(1)
  expect(watching.stdout()).toContain('COMPLETED  1 cancelled, 1 failed')
  expect((await run('ota', 'batch', 'tasks', batchId, '--device', '0001')).stdout).toBe(`${first}  dev-0001  FAILED  ? to 2.0  The download failed (-2): no route.\n`)

  expect(await json('ota', 'batch', 'retry', batchId)).toEqual([{ batchId, queued: 1 }])
  await json('ota', 'batch', 'confirm', batchId, '--tasks', first)
  await waitFor(() => device.notices.length === 2)
  expect(await run('ota', 'batch', 'retry', batchId)).toMatchObject({ code: 1, stdout: '0 updates begin anew.\n' })
  expect((await run('ota', 'batch', 'retry', batchId, '--tasks', second)).stdout).toBe('1 update begins anew.\n')
  expect((await run('ota', 'batch', 'pause', batchId)).stdout).toContain('paused: 1 pushed, 1 to be confirmed')
  expect((await run('ota', 'batch', 'resume', batchId)).stdout).toContain('under way')
  expect(await json('ota', 'batch', 'cancel', batchId)).toEqual([{ batchId, cancelled: 2 }])

  const [other] = await json('ota', 'batch', 'create', packageId, '--dynamic', '--from', '1.0,1.1', '--rate', '50,2,10000,1000')
  const otherId = String(other!.batchId)
  expect(other).toMatchObject({ dynamic: true, sourceVersions: ['1.0', '1.1'], rate: { kind: 'growing', base: 50 } })
  expect(await run('ota', 'batch', 'confirm', otherId, '--tasks', first)).toMatchObject({ code: 1, stderr: expect.stringContaining(`has no update ${first}`) as string })
  expect(await json('ota', 'batch', 'update', otherId, '--rate', '60,2,10000,1000', '--timeout', '30', '--from', '1.0', '--tags', 'wave=2')).toMatchObject([{ rate: { base: 60 }, timeoutMinutes: 30, sourceVersions: ['1.0'], tags: { wave: '2' } }])
  expect(await run('ota', 'batch', 'update', otherId, '--rate', '60')).toMatchObject({ code: 1, stderr: expect.stringContaining('its kind cannot') as string })
  expect(await run('ota', 'batch', 'update', otherId)).toMatchObject({ code: 2 })
  expect(await json('ota', 'batch', 'cancel', otherId, '--only', 'policy')).toEqual([{ batchId: otherId, cancelled: 0 }])
  expect(await json('ota', 'batch', 'show', otherId)).toMatchObject([{ state: 'CANCELED' }])
}, 180_000)

it('takes the names of devices from a file, refuses a wrong one as a whole, and works while nothing is served', async () => {
  const { dir, json, run, packageId } = await start({ count: 3, serves: false, verify: true })
  const names = join(dir, 'names.csv')
  writeFileSync(names, '\uFEFFDeviceName,note\r\ndev-0001,first\r\nnobody,\r\ndev-0003,\r\n')
  expect(await run('ota', 'verify', packageId)).toMatchObject({ code: 2, stderr: expect.stringContaining('expected --devices or --devices-file') as string })
  expect(await run('ota', 'verify', packageId, '--devices-file', names)).toMatchObject({ code: 1, stderr: expect.stringContaining('1 are none: nobody on line 3') as string })
  expect(await run('ota', 'verify', packageId, '--devices-file', join(dir, 'gone.csv'))).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such file') as string })
  writeFileSync(names, 'dev-0001\ndev-0003\n\ndev-0001\n')
  const [batch] = await json('ota', 'verify', packageId, '--devices-file', names, '--timeout', '60')
  expect(batch).toMatchObject({ kind: 'verify', scope: { kind: 'named', deviceCount: 2 }, timeoutMinutes: 60, counts: { QUEUED: 2 } })
  const watched = await run('ota', 'batch', 'watch', String(batch!.batchId))
  expect(watched).toMatchObject({ code: 1, stderr: expect.stringContaining('start one with serve') as string })
  expect(await run('ota', 'batch', 'create', packageId)).toMatchObject({ code: 1, stderr: expect.stringContaining('verified first') as string })
  expect(await run('ota', 'batch', 'create', packageId, '--percent', '5', '--group', 'x')).toMatchObject({ code: 2 })
  expect(await run('ota', 'batch', 'create', packageId, '--percent', '5', '--devices', 'dev-0001')).toMatchObject({ code: 2 })
  expect(await run('ota', 'batch', 'show', 'nothing')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no batch nothing') as string })
}, 180_000)
