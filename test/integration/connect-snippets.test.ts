import type { SnippetForm } from '../../src/ui/parts/certificate/snippets/forms.ts'
import type { SnippetInput } from '../../src/ui/parts/certificate/snippets/snippet.ts'
import type { TestEngine } from '../support/test-engine.ts'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { expect, it, onTestFinished } from 'vitest'
import { connectFacts, rootFileName } from '../../src/ui/parts/certificate/connect-snippets.ts'
import { snippetForms } from '../../src/ui/parts/certificate/snippets/forms.ts'
import { runProcess, startProcess } from '../support/child-process.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'

/** Devices connect again a second after they have lost their connection. */
const patience = { timeout: 20_000 }
const projectDir = join(import.meta.dirname, '../..')
const identity = { productKey: 'a1Test', deviceName: 'dev-0001' }
const hasTool = (name: string): boolean => spawnSync(name, ['--version']).status === 0

/** A whole engine, a device, and what its snippets are made of; the folder has the root certificate in it. */
async function startBench(secure: boolean): Promise<TestEngine & { write: (form: SnippetForm) => string, folder: string, input: SnippetInput }> {
  const running = await startEngine()
  const certificate = await makeDevice(running.api)
  const root = await running.api.call('certificate.root', {})
  const folder = tempFolder()
  writeFileSync(join(folder, rootFileName), root.pem)
  const input: SnippetInput = { certificate, facts: await connectFacts(certificate, secure), ...running.mqtt, secure, rootCString: root.cString, params: '{"Counter":7,"Label":"it\'s"}' }
  await running.api.call('firmwareCheck.begin', identity)
  return { ...running, folder, input, write: form => snippetForms[form].write(input) }
}

async function stateOf({ api }: TestEngine, step: string): Promise<string | undefined> {
  return (await api.call('firmwareCheck.get', identity)).items.find(item => item.step === step)?.state
}

/** The commands of a snippet, without what is said about them. */
function commandsOf(snippet: string): string[] {
  return snippet.trim().split('\n\n').map(part => part.replace(/^#.*\n/, ''))
}

for (const secure of [false, true]) {
  const how = secure ? 'over TLS' : 'over plain TCP'

  it(`mosquitto's clients take what is copied as it stands ${how}: a report, its answer, and what the platform sends`, async () => {
    const bench = await startBench(secure)
    const [pub, rr, sub] = commandsOf(bench.write('mosquitto'))
    expect(await runProcess('sh', ['-c', pub!], { cwd: bench.folder })).toMatchObject({ code: 0, stderr: '' })
    expect(await stateOf(bench, 'post')).toBe('passed')
    const answered = await runProcess('sh', ['-c', rr!], { cwd: bench.folder })
    expect(JSON.parse(answered.stdout)).toMatchObject({ id: '1', code: 200 })
    const staying = startProcess('sh', ['-c', `exec ${sub!}`], { cwd: bench.folder })
    onTestFinished(async () => { await staying.stop() })
    await expect.poll(() => stateOf(bench, 'subscribe'), patience).toBe('passed')
    await bench.api.call('firmwareCheck.cause', { ...identity, step: 'set' })
    expect(await staying.line(line => line.includes('/thing/service/property/set '))).toContain('"Counter":50')
  })

  it(`the Node program connects ${how}, reports and answers a set, and the checklist lights up`, async () => {
    const bench = await startBench(secure)
    const device = startProcess('node', ['--input-type=commonjs', '-'], { cwd: projectDir, env: { NODE_EXTRA_CA_CERTS: join(bench.folder, rootFileName) }, input: bench.write('node') })
    onTestFinished(async () => { await device.stop() })
    expect(await device.line(line => line.startsWith('answered'))).toContain('"code":200')
    await expect.poll(() => stateOf(bench, 'subscribe'), patience).toBe('passed')
    await bench.api.call('firmwareCheck.cause', { ...identity, step: 'set' })
    await expect.poll(() => stateOf(bench, 'set'), patience).toBe('passed')
    await bench.api.call('firmwareCheck.cause', { ...identity, step: 'reconnect' })
    await expect.poll(() => stateOf(bench, 'reconnect'), patience).toBe('passed')
  })

  it(`the Python program can be read, and what it computes connects ${how}`, async () => {
    const bench = await startBench(secure)
    if (!hasTool('python3'))
      return
    const { code, stdout, stderr } = await runProcess('python3', [join(projectDir, 'test/support/paho-recorder.py')], { input: bench.write('python') })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const seen = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { clientId: string, username: string, password: string, host: string, port: number, tls: string | null, topic: string, payload: string, topics: string[] }
    expect({ host: seen.host, port: seen.port, tls: seen.tls }).toEqual({ ...bench.mqtt, tls: secure ? rootFileName : null })
    const client = await connectAsync({ protocol: secure ? 'mqtts' : 'mqtt', ...bench.mqtt, protocolVersion: 4, clientId: seen.clientId, username: seen.username, password: seen.password, reconnectPeriod: 0, ...secure && { ca: (await bench.api.call('certificate.root', {})).pem } })
    await client.subscribeAsync(seen.topics)
    await client.publishAsync(seen.topic, seen.payload, { qos: 1 })
    await client.endAsync()
    expect(await stateOf(bench, 'post')).toBe('passed')
    expect(await stateOf(bench, 'subscribe')).toBe('passed')
  })

  it.each(['linkSdk4', 'linkSdk3', 'espIdf'] as const)(`the C program %s compiles without a warning ${how}`, async (form) => {
    const bench = await startBench(secure)
    const source = bench.write(form)
    expect(source.includes('    "-----BEGIN CERTIFICATE-----')).toBe(secure)
    if (!hasTool('gcc'))
      return
    const { code, stderr } = await runProcess('gcc', ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-I', join(projectDir, 'test/fixtures/c-headers'), '-x', 'c', '-'], { input: source })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it(`the words of the MQTTX commands are options that it has, and connect ${how}`, async () => {
    const bench = await startBench(secure)
    for (const command of commandsOf(bench.write('mqttx'))) {
      const { stdout } = await runProcess('sh', ['-c', `mqttx() { printf '%s\\n' "$@"; }\n${command}`])
      const [verb, ...words] = stdout.trimEnd().split('\n')
      const options = new Map(words.flatMap((word, index) => word.startsWith('-') ? [[word, words[index + 1]!] as const] : []))
      expect([...options.keys()].every(option => ['-V', '-h', '-p', '-k', '-l', '--ca', '-i', '-u', '-P', '-q', '-t', '-m'].includes(option))).toBe(true)
      expect(options.get('-l')).toBe(secure ? 'mqtts' : undefined)
      const client = await connectAsync({ protocol: secure ? 'mqtts' : 'mqtt', host: options.get('-h')!, port: Number(options.get('-p')), protocolVersion: 4, clientId: options.get('-i')!, username: options.get('-u')!, password: options.get('-P')!, reconnectPeriod: 0, ...secure && { ca: (await bench.api.call('certificate.root', {})).pem } })
      if (verb === 'pub')
        await client.publishAsync(options.get('-t')!, options.get('-m')!, { qos: 1 })
      await client.endAsync()
    }
    expect(await stateOf(bench, 'post')).toBe('passed')
  })
}
