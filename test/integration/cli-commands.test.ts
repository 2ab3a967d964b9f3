import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { runProcess } from '../support/child-process.ts'
import { jsonLines, startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { tempFolder } from '../support/temp-folder.ts'

const timeout = 60_000

function json(args: string[], workspace: string): ReturnType<typeof thingbenchJson> {
  return thingbenchJson([...args, '--workspace', workspace])
}

describe.each([
  ['while an engine runs', true],
  ['while no engine runs', false],
])('%s', (_, isRunning) => {
  async function openWorkspace(): Promise<string> {
    const workspace = join(tempFolder(), 'bench')
    if (isRunning)
      await startServer(['--workspace', workspace])
    else
      mkdirSync(workspace)
    return workspace
  }

  it('imports a product, makes devices and shows them', async () => {
    const workspace = await openWorkspace()
    expect(await json(['product', 'import', writeCounterModel(tempFolder())], workspace)).toEqual([
      { productKey: counterProductKey, productSecret: expect.stringMatching(/^\w{8,}$/) as string, version: '1.0' },
    ])

    const [one] = await json(['device', 'create', '--product', counterProductKey, '--name', 'kitchen'], workspace)
    expect(one).toEqual({ productKey: counterProductKey, deviceName: 'kitchen', deviceSecret: expect.stringMatching(/^\w{16,}$/) as string })
    const many = await json(['device', 'create', '--product', counterProductKey, '--name', 'room', '--count', '3'], workspace)
    expect(many.map(device => device.deviceName)).toEqual(['room-1', 'room-2', 'room-3'])
    expect(new Set(many.map(device => device.deviceSecret)).size).toBe(3)

    expect(await json(['product', 'list'], workspace)).toMatchObject([{ productKey: counterProductKey, name: 'counter', deviceCount: 4, onlineCount: 0, propertyCount: 1 }])
    expect((await json(['device', 'list'], workspace)).map(device => [device.productKey, device.deviceName, device.state])).toEqual(
      ['kitchen', 'room-1', 'room-2', 'room-3'].map(name => [counterProductKey, name, 'UNACTIVE']),
    )
    expect(await json(['device', 'show', counterProductKey, 'kitchen'], workspace)).toMatchObject([
      { deviceName: 'kitchen', deviceSecret: one!.deviceSecret, state: 'UNACTIVE', properties: {} },
    ])
    expect(await json(['trace'], workspace)).toEqual([])
  }, timeout)

  it('exports the thing model it imported', async () => {
    const workspace = await openWorkspace()
    const file = writeCounterModel(tempFolder())
    await json(['product', 'import', file], workspace)
    const exported = await thingbench(['product', 'export', counterProductKey, '--workspace', workspace])
    const [asLine] = await json(['product', 'export'], workspace)
    const original = JSON.parse(readFileSync(file, 'utf8')) as { properties: object[] }

    expect(exported.code).toBe(0)
    expect(JSON.parse(exported.stdout)).toMatchObject({ profile: { productKey: counterProductKey }, properties: original.properties })
    expect(asLine).toEqual(JSON.parse(exported.stdout))
  }, timeout)

  it('says so when the file\'s product key is taken, and replaces the model when asked to', async () => {
    const workspace = await openWorkspace()
    const file = writeCounterModel(tempFolder())
    await json(['product', 'import', file], workspace)

    const again = await thingbench(['product', 'import', file, '--workspace', workspace, '--json'])
    const [second] = jsonLines(again.stdout)
    expect(again.code).toBe(0)
    expect(second!.productKey).not.toBe(counterProductKey)
    expect(again.stderr).toContain(`${counterProductKey} is taken`)
    expect(again.stderr).toContain(second!.productKey as string)

    const updated = await json(['product', 'import', file, '--update'], workspace)
    expect(updated).toMatchObject([{ productKey: counterProductKey }])
    expect(await json(['product', 'list'], workspace)).toHaveLength(2)
  }, timeout)

  it.each([
    ['an unknown product', ['product', 'export', 'nosuch'], 'product/not-found', 'nosuch'],
    ['an unknown device', ['device', 'show', counterProductKey, 'nobody'], 'device/not-found', 'nobody'],
    ['a device name that the platform refuses', ['device', 'create', '--product', counterProductKey, '--name', 'a b'], 'input/invalid', 'deviceName'],
    ['a missing file', ['product', 'import', '/no/such/file.json'], 'file/unreadable', '/no/such/file.json'],
  ] as const)('fails with one sentence and a code for %s', async (_what, args, errorCode, named) => {
    const workspace = await openWorkspace()
    const { code, stdout, stderr } = await thingbench([...args, '--workspace', workspace, '--json'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(stderr).toContain(named)
    expect(jsonLines(stdout)).toEqual([{ error: { code: errorCode, message: stderr.trimEnd(), details: expect.any(Object) as object } }])
  }, timeout)

  it('refuses a thing model with errors, naming the path inside the file and what was expected', async () => {
    const workspace = await openWorkspace()
    const file = join(tempFolder(), 'broken.json')
    writeFileSync(file, JSON.stringify({ properties: [{ identifier: 'A', name: 'A', accessMode: 'rw', dataType: { type: 'strange' } }], events: [], services: [] }))
    const { code, stdout, stderr } = await thingbench(['product', 'import', file, '--workspace', workspace, '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain('properties[0].dataType.type')
    expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'model/invalid', details: { issues: [{ path: 'properties[0].dataType.type' }] } } }])
    expect(await json(['product', 'list'], workspace)).toEqual([])
  }, timeout)
})

describe('the trace', () => {
  it('shows messages both ways, oldest first, with the code of the check and a sentence, running and afterwards', async () => {
    const workspace = join(tempFolder(), 'bench')
    const { server, ready } = await startServer(['--workspace', workspace])
    await json(['product', 'import', writeCounterModel(tempFolder())], workspace)
    const made = await json(['device', 'create', '--product', counterProductKey, '--name', 'meter', '--count', '2'], workspace) as unknown as DeviceCertificate[]
    const [meter, other] = await Promise.all(made.map(certificate => connectDevice(ready.mqtt, certificate)))
    const before = Date.now()
    await meter!.post({ Counter: 7 })
    await meter!.post({ Counter: 5_000 })
    await other!.post({ Counter: 1 })
    const topic = `/${counterProductKey}/meter-1/user/update`
    await meter!.client.publishAsync(topic, Buffer.from([0xFF, 0xFE, 0x00]), { qos: 1 })

    const rows = await json(['trace', '--device', 'meter-1'], workspace)
    expect(Object.keys(rows[0]!)).toEqual(['at', 'direction', 'deviceName', 'topic', 'payload', 'code', 'explanation'])
    expect(new Set(rows.map(row => row.deviceName))).toEqual(new Set(['meter-1']))
    const ups = rows.filter(row => row.direction === 'up')
    expect(ups.map(row => row.code)).toEqual([200, 6306, null])
    expect(JSON.parse(ups[0]!.payload as string)).toMatchObject({ params: { Counter: 7 } })
    expect(ups[1]!.explanation).toMatch(/Counter/)
    expect(ups[2]).toMatchObject({ topic, payload: { base64: '//4A' } })
    expect(rows.filter(row => row.direction === 'down')).not.toHaveLength(0)
    const times = rows.map(row => row.at as number)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(before - 1)
    expect((await json(['trace'], workspace)).some(row => row.deviceName === 'meter-2')).toBe(true)

    const [shown] = await json(['device', 'show', counterProductKey, 'meter-1'], workspace)
    expect(shown).toMatchObject({ state: 'ONLINE', properties: { Counter: { value: 7, time: expect.any(Number) as number } } })

    await server.stop()
    expect(await json(['trace', '--device', 'meter-1'], workspace)).toEqual(rows)
    const last = await json(['trace', '--device', 'meter-1', '--last', '2'], workspace)
    expect(last).toEqual(rows.slice(-2))
    expect(await json(['trace', '--device', 'nobody'], workspace)).toEqual([])
    expect(await json(['device', 'show', counterProductKey, 'meter-1'], workspace)).toMatchObject([{ state: 'OFFLINE' }])
  }, timeout)
})

describe('the trace of many messages', () => {
  it('is as long as it was asked for, without a gap', async () => {
    const workspace = join(tempFolder(), 'bench')
    const { ready } = await startServer(['--workspace', workspace])
    await json(['product', 'import', writeCounterModel(tempFolder())], workspace)
    const [certificate] = await json(['device', 'create', '--product', counterProductKey, '--name', 'meter'], workspace) as unknown as DeviceCertificate[]
    const meter = await connectDevice(ready.mqtt, certificate!)
    const topic = `/${counterProductKey}/meter/user/update`
    const sent = Array.from({ length: 450 }, (_, index) => String(index))
    await Promise.all(sent.map(text => meter.client.publishAsync(topic, text, { qos: 1 })))

    expect((await json(['trace', '--last', '1000'], workspace)).map(row => row.payload)).toEqual(sent)
    expect((await json(['trace', '--last', '401'], workspace)).map(row => row.payload)).toEqual(sent.slice(-401))
    expect(await json(['trace'], workspace)).toHaveLength(100)
  }, timeout)
})

describe('a wrong command line', () => {
  it.each([
    [['serve', '--mqtt-prot', '1883'], '--mqtt-prot'],
    [['serve', '--mqtt-port', 'many'], '--mqtt-port'],
    [['device', 'create', '--name', 'a'], '--product'],
    [['brew'], 'brew'],
    [['simulate', '--product', 'x.json', '--devices-file', 'd.csv'], '--devices-file'],
    [['simulate', '--product', 'x.json', '--workspace', 'w', '--broker', 'mqtt://h'], '--workspace'],
  ])('%j gets one sentence naming what is wrong, and exit code 2', async (args, named) => {
    const { code, stdout, stderr } = await thingbench(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^[^\n]+\n$/)
    expect(stderr).toContain(named)
  }, timeout)

  it('gets the sentence as JSON too when it asks for JSON', async () => {
    const { code, stdout, stderr } = await thingbench(['trace', '--json', '--last', '0'])
    expect(code).toBe(2)
    expect(jsonLines(stdout)).toEqual([{ error: { code: 'input/invalid', message: stderr.trimEnd(), details: {} } }])
  }, timeout)
})

describe('help', () => {
  it.each([[[]], [['--help']], [['serve', '--help']], [['product', '--help']], [['device', 'create', '--help']]])('%j explains and ends with 0', async (args) => {
    const { code, stdout, stderr } = await thingbench(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Usage: thingbench')
  }, timeout)

  it('says which version this is', async () => {
    const { stdout } = await thingbench(['--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  }, timeout)
})

it('does not take a mistyped workspace for an empty one', async () => {
  const missing = join(tempFolder(), 'no-bench')
  const { code, stdout, stderr } = await thingbench(['device', 'list', '--workspace', missing, '--json'])
  expect(code).toBe(1)
  expect(stderr).toContain(missing)
  expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'workspace/not-found' } }])
}, timeout)

it('takes turns when several commands want the same workspace', async () => {
  const workspace = join(tempFolder(), 'bench')
  await json(['product', 'import', writeCounterModel(tempFolder())], workspace)
  const results = await Promise.all(['aaaa', 'bbbb', 'cccc'].map(name => json(['device', 'create', '--product', counterProductKey, '--name', name], workspace)))
  expect(results.flat()).toHaveLength(3)
  expect(await json(['device', 'list'], workspace)).toHaveLength(3)
}, timeout)

it('stops quietly when the reader of its output has seen enough', async () => {
  const workspace = join(tempFolder(), 'bench')
  await json(['product', 'import', writeCounterModel(tempFolder())], workspace)
  await json(['device', 'create', '--product', counterProductKey, '--name', 'room', '--count', '20000'], workspace)
  const { stdout, stderr } = await runProcess('sh', ['-c', '{ "$0" "$@"; echo "code $?" >&2; } | head -n 1', process.execPath, thingbenchBin, 'device', 'list', '--workspace', workspace])
  expect(stdout).toBe(`${counterProductKey}  room-1  UNACTIVE\n`)
  expect(stderr).toBe('code 0\n')
}, timeout)
