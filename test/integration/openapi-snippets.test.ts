import { join } from 'node:path'
import { expect, it } from 'vitest'
import { connectSnippet } from '../../src/ui/features/cloud-api/api-snippets.ts'
import { curlCall, popCoreCall } from '../../src/ui/parts/copy-as/api-call.ts'
import { runProcess } from '../support/child-process.ts'
import { startOpenApi } from '../support/openapi.ts'

const projectDir = join(import.meta.dirname, '../..')

it.each(['iot', 'popCore'] as const)('runs the program that the page offers for %s as it stands, and it lists the products', async (form) => {
  const { api, url, key } = await startOpenApi()
  await api.call('product.create', { name: 'Thermostat' })
  const { code, stdout, stderr } = await runProcess('node', ['--input-type=commonjs', '-'], { cwd: projectDir, input: connectSnippet(form, { url, ...key }) })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('Thermostat')
})

it('runs the program that an action is copied as, with every sign that a value can hold', async () => {
  const { api, url, key } = await startOpenApi()
  const strange = 'it\'s\n"21 °C" \\ $x `y`\t<>&=+%20'
  const { stdout } = await runProcess('node', ['--input-type=commonjs', '-'], { cwd: projectDir, input: popCoreCall('QueryProductList', { 'CurrentPage': '1', 'Odd.1.Key': strange }, { url, ...key }) })
  expect(stdout).toMatch(/Success: true/)
  const { calls: [call] } = await api.call('openapi.calls', {})
  expect(await api.call('openapi.callDetail', { callId: call!.callId })).toMatchObject({ style: 'RPC', ignored: ['Odd'], parameters: { 'CurrentPage': '1', 'Odd.1.Key': strange } })
})

it('runs the curl line that a call is copied as, once', async () => {
  const { api, url, key } = await startOpenApi()
  const strange = 'it\'s\n"21 °C" \\ $x `y`\t<>&=+%20*'
  const line = await curlCall('CreateProduct', { ProductName: 'Thermostat', NodeType: '0', Description: strange }, { url, ...key }, { nonce: 'n-1', at: Date.now() })
  const { stdout } = await runProcess('sh', ['-c', line])
  expect(JSON.parse(stdout)).toMatchObject({ Success: true })
  expect(await api.call('product.list', {})).toMatchObject([{ name: 'Thermostat' }])
  expect(JSON.parse((await runProcess('sh', ['-c', line])).stdout)).toMatchObject({ Code: 'SignatureNonceUsed' })
})
