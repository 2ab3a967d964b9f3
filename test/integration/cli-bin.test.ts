import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runProcess, startProcess } from '../support/child-process.ts'
import { jsonLines, readyOf, startServer, thingbenchBin } from '../support/command-line.ts'
import { writeCounterModel } from '../support/counter-model.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const timeout = 60_000
const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** A Node on this machine's path that is too old for Thingbench. */
function findOldNode(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  return [...folders, '/usr/bin', '/usr/local/bin'].map(folder => path.join(folder, 'node')).find((node) => {
    try {
      return Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10) < 24
    }
    catch {
      return false
    }
  })
}

const oldNode = findOldNode()
if (oldNode === undefined)
  console.log('There is no Node older than 24 on this machine, so the tests of what bin.mjs does on one are left out.')

/** The environment of a user whose `node` is the old one. */
function oldEnvironment(): Record<string, string | undefined> {
  const folder = path.dirname(oldNode ?? '')
  return {
    PATH: [folder, ...(process.env.PATH ?? '').split(path.delimiter).filter(other => !other.startsWith(checkout))].join(path.delimiter),
    HOME: tempFolder(),
    npm_command: undefined,
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  }
  catch {
    return false
  }
}

function lockedBy(workspace: string): number {
  return (JSON.parse(readFileSync(path.join(workspace, 'engine.lock'), 'utf8')) as { pid: number }).pid
}

describe.skipIf(oldNode === undefined)('on a Node that is too old', () => {
  it('runs with the Node that npm ci has installed, and ends as it ends', async () => {
    const version = await runProcess(oldNode!, [thingbenchBin, '--version'])
    expect(version).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string })
    expect(await runProcess(oldNode!, [thingbenchBin, 'brew'])).toMatchObject({ code: 2, stdout: '' })
  }, timeout)

  it('passes signals on', async () => {
    const workspace = path.join(tempFolder(), 'bench')
    const { server } = await startServer(['--workspace', workspace], { command: oldNode! })
    expect(lockedBy(workspace)).not.toBe(server.pid)
    expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(existsSync(path.join(workspace, 'engine.lock'))).toBe(false)
  }, timeout)

  it('leaves no engine behind when it is killed, so that the next start works', async () => {
    const workspace = path.join(tempFolder(), 'bench')
    const { server } = await startServer(['--workspace', workspace], { command: oldNode! })
    const engine = lockedBy(workspace)
    await server.kill()
    await waitFor(() => !isAlive(engine), { what: 'the end of the engine' })

    const second = await startServer(['--workspace', workspace], { command: oldNode! })
    expect(await second.server.stop()).toEqual({ code: 0, signal: null })
  }, timeout)

  it('says in one sentence what is needed when nothing newer is installed', async () => {
    const folder = tempFolder()
    copyFileSync(thingbenchBin, path.join(folder, 'bin.mjs'))
    const { code, stdout, stderr } = await runProcess(oldNode!, [path.join(folder, 'bin.mjs'), 'serve'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^Thingbench needs Node 24 or newer, but this is Node \d[^\n]*\n$/)
  }, timeout)

  it('works as npx thingbench from a checkout', async () => {
    const { code, stdout } = await runProcess('npx', ['thingbench', '--version'], { cwd: checkout, env: oldEnvironment(), timeoutMs: timeout })
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string })
  }, timeout)

  it('stops the server when npx is stopped', async () => {
    const workspace = path.join(tempFolder(), 'bench')
    const npx = startProcess('npx', ['thingbench', 'serve', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json'], { cwd: checkout, env: oldEnvironment() })
    onTestFinished(async () => {
      await npx.kill()
    })
    await readyOf(npx)
    const engine = lockedBy(workspace)
    npx.child.kill('SIGTERM')
    await waitFor(() => !isAlive(engine), { what: 'the end of the server' })
    expect(existsSync(path.join(workspace, 'engine.lock'))).toBe(false)
    await npx.exited
  }, timeout)
})

const bundle = path.join(checkout, 'out/main/cli.js')
if (!existsSync(bundle))
  console.log('The command line is not built (npm run build), so the tests of its bundle are left out.')

describe.skipIf(!existsSync(bundle))('the built bundle', () => {
  it('does what the sources do, on any Node', async () => {
    const model = writeCounterModel(tempFolder())
    for (const node of oldNode === undefined ? [process.execPath] : [process.execPath, oldNode]) {
      const run = await runProcess(node, [bundle, 'simulate', '--product', model, '--devices', '3', '--interval', '0.5', '--duration', '1', '--json'], { timeoutMs: timeout })
      expect({ code: run.code, lines: jsonLines(run.stdout) }).toMatchObject({ code: 0, lines: [{ connected: 3, published: 6, acknowledged: 6, lost: 0 }] })
      expect(await runProcess(node, [bundle, 'serve', '--mqtt-prot', '1'])).toMatchObject({ code: 2 })
    }
  }, timeout)
})

describe('npm start', () => {
  it('takes the server along when npm is stopped', async () => {
    const workspace = path.join(tempFolder(), 'bench')
    const npm = startProcess('npm', ['run', 'start:web', '--', '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json'], { cwd: checkout })
    onTestFinished(async () => {
      await npm.kill()
    })
    await readyOf(npm)
    const engine = lockedBy(workspace)
    npm.child.kill('SIGTERM')
    await waitFor(() => !isAlive(engine), { what: 'the end of the server' })
    expect(existsSync(path.join(workspace, 'engine.lock'))).toBe(false)
    await npm.exited
  }, timeout)
})
