import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { startProcess } from '../support/child-process.ts'
import { startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectSdk } from '../support/node-sdk.ts'
import { tempFolder } from '../support/temp-folder.ts'

it('shows the checklist of a firmware, drives it to its end, and ends with 1 as long as something failed or is missing', async () => {
  const workspace = join(tempFolder(), 'bench')
  const { ready } = await startServer(['--workspace', workspace])
  const [{ productKey }] = await thingbenchJson(['product', 'import', fileURLToPath(new URL('../../resources/products/thermostat.tsl.json', import.meta.url)), '--workspace', workspace]) as unknown as [{ productKey: string }]
  const [made] = await thingbenchJson(['device', 'create', '--product', productKey, '--name', 'board', '--workspace', workspace]) as unknown as [DeviceCertificate]
  const check = (...more: string[]) => thingbench(['firmware', 'check', productKey, 'board', ...more, '--workspace', workspace])

  const before = await check()
  expect(before).toMatchObject({ code: 0 })
  expect(before.stdout).toContain('[ ] connected')
  expect(before.stdout).toContain(`missing: /sys/${productKey}/board/thing/event/property/post_reply`)
  expect(await check('--wait', '0')).toMatchObject({ code: 1 })

  const { client, post } = await connectDevice(ready.mqtt, made)
  await post({ targetTemperature: 99 })
  const failed = await check()
  expect(failed).toMatchObject({ code: 1 })
  expect(failed.stdout).toMatch(/\[!\] reported a property {2}\(0 right, 1 wrong\)\n {6}targetTemperature: 99 is above the maximum 35/)
  await client.endAsync()

  expect((await check('--begin')).stdout).toContain('[ ] connected')
  const waiting = startProcess('node', [thingbenchBin, 'firmware', 'check', productKey, 'board', '--wait', '100', '--drive', '--json', '--workspace', workspace])
  onTestFinished(async () => { await waiting.kill() })
  const device = await connectSdk(ready.mqtt, made)
  device.onProps(({ id }) => device.publish(`/sys/${productKey}/board/thing/service/property/set_reply`, JSON.stringify({ id, code: 200, data: {} })))
  device.postProps({ targetTemperature: 21 })
  device.publish(`/ota/device/inform/${productKey}/board`, JSON.stringify({ id: '7', params: { version: '1.0.0' } }))
  device.publish(`/sys/${productKey}/board/thing/config/get`, JSON.stringify({ id: '8', version: '1.0', params: { configScope: 'product', getType: 'file' }, method: 'thing.config.get' }))
  expect(await waiting.exited).toMatchObject({ code: 0 })
  expect(waiting.stderr()).toMatch(/\[x\] answered a property set[\s\S]*reconnect: board[\s\S]*\[x\] survived a disconnect/)
  expect(JSON.parse(waiting.stdout())).toMatchObject({ result: 'passed' })
}, 200_000)
