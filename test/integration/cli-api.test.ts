import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startServer, thingbench, thingbenchJson } from '../support/command-line.ts'
import { connectPop } from '../support/openapi.ts'
import { tempFolder } from '../support/temp-folder.ts'

const timeout = 120_000

it('makes a key with which the cloud\'s own client calls the server that runs, and takes it away again', async () => {
  const workspace = join(tempFolder(), 'bench')
  const run = (...args: string[]) => thingbench([...args, '--workspace', workspace])
  const [key] = await thingbenchJson(['key', 'create', '--name', 'nightly', '--workspace', workspace]) as unknown as { accessKeyId: string, accessKeySecret: string }[]
  expect(Object.keys(key!)).toEqual(['accessKeyId', 'accessKeySecret'])
  const { ready } = await startServer(['--workspace', workspace])
  expect(ready.openapi.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await connectPop(ready.openapi.url, key!)('QueryProductList', { CurrentPage: 1, PageSize: 10 })).toMatchObject({ Success: true })

  expect((await run('key', 'list')).stdout).toMatch(new RegExp(`^${key!.accessKeyId}  made \\S+Z  nightly\n$`))
  expect((await run('key', 'list', '--secrets')).stdout).toContain(key!.accessKeySecret)
  expect((await run('key', 'delete', key!.accessKeyId)).stdout).toBe(`Deleted the access key ${key!.accessKeyId}.\n`)
  await expect(connectPop(ready.openapi.url, key!)('QueryProductList')).rejects.toMatchObject({ code: 'InvalidAccessKeyId.NotFound' })
  expect(await thingbench(['key', 'delete', 'TBnobody', '--workspace', workspace, '--json'])).toMatchObject({ code: 1, stdout: expect.stringContaining('"key/not-found"') as string })
}, timeout)

it('lists the actions and carries them out, with or without a server', async () => {
  const workspace = join(tempFolder(), 'bench')
  const run = (...args: string[]) => thingbench([...args, '--workspace', workspace])
  expect((await run('api', 'list', '--search', 'queryproductlist')).stdout).toMatch(/^QueryProductList: .+\n {2}\[CurrentPage\] \[PageSize\]/)
  expect(await thingbenchJson(['api', 'call', 'QueryProductList', 'PageSize=20', '--workspace', workspace])).toMatchObject([{ Success: true, Data: { Total: 0, PageSize: 20 } }])
  expect(await run('api', 'call', 'QueryProduct', 'ProductKey=a1Nobody')).toMatchObject({ code: 1, stdout: expect.stringContaining('"Code": "iot.prod.NotExistedProduct"') as string })
  expect(await run('api', 'call', 'QueryProduct', 'ProductKey')).toMatchObject({ code: 2, stderr: 'Expected NAME=VALUE, got "ProductKey".\n' })
}, timeout)

it('takes another port for the API when the wanted one is in use, and says so', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise(resolve => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const { server, ready } = await startServer(['--workspace', join(tempFolder(), 'bench'), '--openapi-port', String(port)])
  expect(ready.openapi.url).not.toContain(`:${port}`)
  expect(server.stderr()).toBe(`Port ${port} is taken by another program, so the cloud's API is at ${ready.openapi.url} until the next start.\n`)
}, timeout)
