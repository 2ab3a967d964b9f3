import type { RunningProcess } from '../support/child-process.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { runProcess, startProcess } from '../support/child-process.ts'
import { credentialsOf } from '../support/device-login.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const folder = path.join(import.meta.dirname, '../../resources/examples')
const identity = { productKey, deviceName: 'lamp-0001' }

interface Bench extends TestEngine { environment: Record<string, string> }

async function start(scheme = 'mqtt'): Promise<Bench> {
  const started = await startEngine()
  const certificate = await makeTalkingDevice(started.api)
  const file = path.join(started.dir, 'ca.pem')
  writeFileSync(file, (await started.api.call('certificate.root', {})).pem)
  const { host, port } = started.mqtt
  return {
    ...started,
    environment: {
      BENCH_URL: `${scheme}://${host}:${port}`,
      BENCH_HOST: host,
      BENCH_PORT: String(port),
      PRODUCT_KEY: productKey,
      DEVICE_NAME: certificate.deviceName,
      DEVICE_SECRET: certificate.deviceSecret,
      ...(scheme.endsWith('s') && { CA_FILE: file, NODE_EXTRA_CA_CERTS: file }),
    },
  }
}

function run(file: string, env: Record<string, string>): RunningProcess {
  const child = startProcess('node', [path.join(folder, file)], { env })
  onTestFinished(async () => void await child.stop())
  return child
}

const hasReported = (api: TestEngine['api']) => waitFor(async () => (await api.call('device.get', identity)).properties.Brightness?.value === 42)

it.each(['mqtt', 'mqtts'])('the example for the Node SDK reports, is answered and can be set over %s', async (scheme) => {
  const { api, environment } = await start(scheme)
  const example = run('node-sdk.cjs', environment)
  await waitFor(() => example.stdout().includes('reply 200 success'), { what: `the reply; it says ${example.stderr()}` })
  await hasReported(api)
  expect(await api.call('device.setProperties', { ...identity, properties: { Brightness: 7 } })).toMatchObject({ code: 200 })
})

it.each(['mqtt', 'mqtts', 'ws'])('the example for MQTT.js reports and is answered over %s', async (scheme) => {
  const { api, environment } = await start(scheme)
  const example = run('mqtt-js.mjs', environment)
  await waitFor(() => example.stdout().includes('post_reply {"code":200,'), { what: `the reply; it says ${example.stderr()}` })
  await hasReported(api)
})

it.each(['mqtt', 'mqtts'])('the example for mosquitto reports over %s', async (scheme) => {
  const { api, environment } = await start(scheme)
  const { code, stderr } = await runProcess('sh', [path.join(folder, 'mosquitto.sh')], { env: environment })
  expect([code, stderr]).toEqual([0, ''])
  await hasReported(api)
})

const hasPython = spawnSync('python3', ['--version']).status === 0

it.skipIf(!hasPython)('the example for MicroPython signs as the platform does', async () => {
  const source = readFileSync(path.join(folder, 'micropython.py'), 'utf8')
  const definition = /def hmac_sha256[\s\S]*?\n\n\n/.exec(source)?.[0] ?? ''
  const deviceSecret = '3f9c0d1e5b7a48269c11d2e4f6a8b0c2'
  const program = `import binascii, hashlib\n${definition}\nprint(hmac_sha256(b"${deviceSecret}", b"clientId${productKey}.lamp-0001deviceNamelamp-0001productKey${productKey}"))`
  const { stdout } = await runProcess('python3', ['-c', program])
  expect(stdout.trim()).toBe(credentialsOf({ ...identity, deviceSecret }).password)
})

it('every example is in the index, and says what to change and what to expect', () => {
  const files = readdirSync(folder).filter(file => file !== 'README.md')
  const index = readFileSync(path.join(folder, 'README.md'), 'utf8')
  expect(files.filter(file => !index.includes(`[${file}](${file})`))).toEqual([])
  expect([...index.matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file).filter(file => !files.includes(file!))).toEqual([])
  const texts = files.map(file => [file, readFileSync(path.join(folder, file), 'utf8')] as const)
  expect(texts.filter(([, text]) => !/Change: /.test(text) || !/Expect: /.test(text)).map(([file]) => file)).toEqual([])
})
