import type { JsonObject } from '../../src/shared/json.ts'
import type { RunResult } from '../support/child-process.ts'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { noConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { noUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { startProcess } from '../support/child-process.ts'
import { jsonLines, startServer, thingbench, thingbenchBin, thingbenchJson } from '../support/command-line.ts'
import { counterProductKey, writeCounterModel } from '../support/counter-model.ts'
import { freePort } from '../support/free-port.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 60_000

/** Runs `simulate --json`; the temporary folder is one of its own, so that what it leaves there can be seen. */
async function simulate(args: string[], temporary = tempFolder()): Promise<RunResult & { result: JsonObject }> {
  const run = await thingbench(['simulate', '--product', writeCounterModel(tempFolder()), '--json', ...args], { env: { TMPDIR: temporary } })
  const result = jsonLines(run.stdout).at(-1)
  if (!result)
    throw new Error(`thingbench simulate ended with ${run.code} (${run.signal}) and no result.\n--- stderr ---\n${run.stderr}`)
  return { ...run, result }
}

const latencyMs = { p50: expect.any(Number) as number, p95: expect.any(Number) as number, p99: expect.any(Number) as number }

async function writeDevicesFile(workspace: string, count: number): Promise<string> {
  await thingbenchJson(['product', 'import', writeCounterModel(tempFolder()), '--workspace', workspace])
  const made = await thingbenchJson(['device', 'create', '--product', counterProductKey, '--name', 'meter', '--count', String(count), '--workspace', workspace])
  const file = join(tempFolder(), 'devices.csv')
  const rows = made.map(device => [device.productKey, device.deviceName, device.deviceSecret].join(','))
  writeFileSync(file, ['productKey,deviceName,deviceSecret', ...rows, ''].join('\n'))
  return file
}

describe('without a broker', () => {
  it('runs a fleet against an engine of its own, reports what became of its messages, and leaves nothing behind', async () => {
    const temporary = tempFolder()
    const { code, stdout, stderr, result } = await simulate(['--devices', '20', '--interval', '0.5', '--duration', '2', '--seed', '7'], temporary)
    expect(result).toEqual({ connected: 20, published: 80, acknowledged: 80, lost: 0, latencyMs, errors: {}, conversation: noConversation(), updates: noUpdates() })
    expect(Object.keys(result)).toEqual(['connected', 'published', 'acknowledged', 'lost', 'latencyMs', 'errors', 'conversation', 'updates'])
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('seed 7')
    expect(readdirSync(temporary)).toEqual([])
  }, timeout)

  it('lets devices say what they were told to', async () => {
    const { result } = await simulate(['--devices', '5', '--interval', '1', '--duration', '2', '--events-per-hour', '36000', '--logs-per-hour', '36000', '--network-every', '1', '--firmware', '1.2.3', '--tags', 'floor=1|2,owner=bench', '--ntp', '--desired'])
    const { conversation, errors } = result as { conversation: Record<string, number>, errors: JsonObject }
    expect(errors).toEqual({})
    expect(conversation).toMatchObject({ clockAnswers: 5, commands: 0 })
    expect(Math.min(conversation.logLines!, conversation.networkReports!)).toBeGreaterThan(0)
  }, timeout)

  it('keeps product, devices and messages in a workspace that is named, again and again', async () => {
    const workspace = join(tempFolder(), 'bench')
    const args = ['--devices', '3', '--interval', '1', '--duration', '1', '--workspace', workspace]
    expect((await simulate(args)).result).toMatchObject({ connected: 3, lost: 0 })
    expect((await simulate(args)).result).toMatchObject({ connected: 3, lost: 0 })

    const devices = await thingbenchJson(['device', 'list', '--workspace', workspace])
    expect(devices.map(device => [device.productKey, device.deviceName])).toEqual(
      ['simulated-1', 'simulated-2', 'simulated-3', 'simulated2-1', 'simulated2-2', 'simulated2-3'].map(name => [counterProductKey, name]),
    )
    const rows = await thingbenchJson(['trace', '--workspace', workspace])
    expect(rows.filter(row => row.direction === 'up' && row.code === 200)).toHaveLength(6)
  }, timeout)

  it('uses the engine that has the workspace open', async () => {
    const workspace = join(tempFolder(), 'bench')
    const { ready } = await startServer(['--workspace', workspace])
    const { result, stderr } = await simulate(['--devices', '3', '--interval', '1', '--duration', '1', '--workspace', workspace])
    expect(result).toMatchObject({ connected: 3, published: 3, acknowledged: 3 })
    expect(stderr).toContain(`mqtt://127.0.0.1:${ready.mqtt.port}`)
  }, timeout)

  it('can be looked at while it runs, and ends early with its result when it is stopped', async () => {
    const workspace = join(tempFolder(), 'bench')
    const run = startProcess('node', [thingbenchBin, 'simulate', '--product', writeCounterModel(tempFolder()), '--devices', '2', '--interval', '0.2', '--duration', '600', '--workspace', workspace, '--json'])
    onTestFinished(async () => {
      await run.kill()
    })
    await waitFor(async () => {
      const { stdout } = await thingbench(['device', 'show', counterProductKey, 'simulated-1', '--workspace', workspace, '--json'])
      return (jsonLines(stdout)[0]?.properties as JsonObject | undefined)?.Counter
    }, { timeoutMs: 30_000, what: 'a value of the simulated device' })

    expect(await run.stop('SIGINT')).toEqual({ code: 0, signal: null })
    expect(jsonLines(run.stdout())).toMatchObject([{ connected: 2, lost: 0 }])
  }, timeout)

  it('prints a small table for a person', async () => {
    const { code, stdout } = await thingbench(['simulate', '--product', writeCounterModel(tempFolder()), '--devices', '2', '--interval', '1', '--duration', '1'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Connected +2 of 2\nPublished +2\nAcknowledged +2\nLost +0\nLatency +p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms\n$/)
  }, timeout)
})

describe('with a broker', () => {
  it('connects devices of a file to another platform', async () => {
    const workspace = join(tempFolder(), 'bench')
    const { ready } = await startServer(['--workspace', workspace])
    const file = await writeDevicesFile(workspace, 4)
    const { code, result } = await simulate(['--broker', `mqtt://127.0.0.1:${ready.mqtt.port}`, '--devices-file', file, '--interval', '0.5', '--duration', '1'])
    expect(result).toEqual({ connected: 4, published: 8, acknowledged: 8, lost: 0, latencyMs, errors: {}, conversation: noConversation(), updates: noUpdates() })
    expect(code).toBe(0)
  }, timeout)

  it('makes devices up for a broker that lets everybody in', async () => {
    const mosquitto = await startMosquitto()
    onTestFinished(() => mosquitto.close())
    const { code, result } = await simulate(['--broker', mosquitto.url, '--devices', '5', '--interval', '0.5', '--duration', '1'])
    expect(result).toMatchObject({ connected: 5, published: 10, acknowledged: 10, lost: 0 })
    expect(code).toBe(0)
  }, timeout)

  it('ends with 1 and the reason when devices are not let in', async () => {
    const { ready } = await startServer(['--workspace', join(tempFolder(), 'bench')])
    const { code, result, stderr } = await simulate(['--broker', `mqtt://127.0.0.1:${ready.mqtt.port}`, '--devices', '2', '--interval', '1', '--duration', '1'])
    expect(result).toMatchObject({ connected: 0, published: 0, errors: expect.objectContaining({}) as object })
    expect(Object.keys(result.errors as JsonObject)).not.toEqual([])
    expect(stderr).toMatch(/2 of 2 devices never connected; most often: [^\n]+\.\n$/)
    expect(code).toBe(1)
  }, timeout)

  it('ends with 1 and the reason when nobody answers', async () => {
    const { code, result, stderr } = await simulate(['--broker', `mqtt://127.0.0.1:${await freePort()}`, '--devices', '2', '--interval', '1', '--duration', '1'])
    expect(result).toMatchObject({ connected: 0, lost: 0 })
    expect(stderr).toContain('nothing listens at 127.0.0.1')
    expect(code).toBe(1)
  }, timeout)
})

describe('before it starts', () => {
  it.each([
    ['a line that is wrong', 'productKey,deviceName,deviceSecret\na1,one\n', [], 'line 2: expected a deviceSecret'],
    ['too few devices', 'productKey,deviceName,deviceSecret\na1,one,s1\n', ['--devices', '2'], 'expected at least 2 devices, got 1'],
    ['no devices', 'productKey,deviceName,deviceSecret\n', [], 'expected at least 1 devices, got 0'],
  ] as const)('names %s in the devices file', async (_, text, args, told) => {
    const file = join(tempFolder(), 'devices.csv')
    writeFileSync(file, text)
    const { code, stderr, result } = await simulate(['--broker', 'mqtt://127.0.0.1:1', '--devices-file', file, ...args])
    expect(code).toBe(1)
    expect(stderr).toContain(told)
    expect(result).toMatchObject({ error: { code: 'input/invalid' } })
  }, timeout)

  it('refuses a thing model with errors, naming file and path', async () => {
    const file = join(tempFolder(), 'broken.json')
    writeFileSync(file, '{"properties": [')
    const { code, stdout, stderr } = await thingbench(['simulate', '--product', file, '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain(file)
    expect(jsonLines(stdout)).toMatchObject([{ error: { code: 'model/invalid' } }])
  }, timeout)
})
