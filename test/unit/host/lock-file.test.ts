import type { LockHolder } from '../../../src/host/lock-file.ts'
import type { RunningProcess } from '../../support/child-process.ts'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it, onTestFinished } from 'vitest'
import { acquireWorkspaceLock, findRunningEngine, lockPath } from '../../../src/host/lock-file.ts'
import { runProcess, startProcess } from '../../support/child-process.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { waitFor } from '../../support/wait-for.ts'

const lockModule = new URL('../../../src/host/lock-file.ts', import.meta.url).href

/** Another process that takes the lock, says `held`, and keeps it until it is stopped. */
async function startHolder(dir: string, purpose: LockHolder['purpose'], console?: string): Promise<RunningProcess> {
  const holder = startProcess('node', ['--input-type=module', '-e', `
    const { acquireWorkspaceLock } = await import(${JSON.stringify(lockModule)})
    const lock = await acquireWorkspaceLock(${JSON.stringify(dir)}, { purpose: '${purpose}' })
    ${console === undefined
      ? ''
      : `await lock.announce({ console: '${console}', secret: 's3cret' })`}
    process.on('SIGTERM', () => lock.release().then(() => process.exit(0)))
    console.log('held')
    setInterval(() => {}, 1000)
  `])
  onTestFinished(() => holder.kill().then(() => {}))
  await holder.line(line => line === 'held')
  return holder
}

async function startListener(): Promise<string> {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

function readLock(dir: string): LockHolder {
  return JSON.parse(readFileSync(lockPath(dir), 'utf8')) as LockHolder
}

it('makes the folder and a lock file that only the user may read, and removes the file when released', async () => {
  const dir = join(tempFolder(), 'new', 'workspace')
  const lock = await acquireWorkspaceLock(dir, { purpose: 'server' })

  expect(readLock(dir)).toMatchObject({
    pid: process.pid,
    purpose: 'server',
    console: null,
    secret: null,
  })
  expect(statSync(lockPath(dir)).mode & 0o777).toBe(0o600)

  await lock.announce({ console: 'http://127.0.0.1:1', secret: 'abc' })
  expect(readLock(dir)).toMatchObject({ pid: process.pid, console: 'http://127.0.0.1:1', secret: 'abc' })
  expect(statSync(lockPath(dir)).mode & 0o777).toBe(0o600)

  await lock.release()
  expect(readdirSync(dir)).toEqual([])
})

it('refuses a workspace that a living server has open, naming its process and address', async () => {
  const dir = tempFolder()
  const address = await startListener()
  const holder = await startHolder(dir, 'server', address)

  await expect(acquireWorkspaceLock(dir, { purpose: 'server' })).rejects.toMatchObject({
    code: 'workspace/locked',
    message: expect.stringContaining(`process ${holder.pid} at ${address}`) as string,
    details: { pid: holder.pid, address },
  })
  expect(await findRunningEngine(dir)).toMatchObject({ pid: holder.pid, console: address, secret: 's3cret' })
})

it('replaces the lock of a server that was killed', async () => {
  const dir = tempFolder()
  const holder = await startHolder(dir, 'server', await startListener())
  await holder.kill()

  expect(await findRunningEngine(dir)).toBeUndefined()
  const lock = await acquireWorkspaceLock(dir, { purpose: 'server' })
  expect(readLock(dir).pid).toBe(process.pid)
  await lock.release()
  expect(readdirSync(dir)).toEqual([])
})

it('replaces a lock whose process id now belongs to another process', async () => {
  const dir = tempFolder()
  const holder = await startHolder(dir, 'server', await startListener())
  const stale: LockHolder = {
    ...readLock(dir),
    processStart: 'boot/1',
    nonce: 'earlier',
  }
  await holder.stop()
  writeFileSync(lockPath(dir), JSON.stringify({ ...stale, pid: process.ppid }))

  const lock = await acquireWorkspaceLock(dir, { purpose: 'server' })
  expect(readLock(dir).pid).toBe(process.pid)
  await lock.release()
})

it.runIf(process.platform === 'linux')('replaces the lock of a killed process that its parent has not yet buried', async () => {
  const dir = tempFolder()
  // The shell starts a server and becomes a program that never waits for it, so it stays a zombie after it is killed.
  const parent = startProcess('sh', [
    '-c',
    '"$0" --input-type=module -e "$1" & exec sleep 1000',
    process.execPath,
    `
    const { acquireWorkspaceLock } = await import(${JSON.stringify(lockModule)})
    await acquireWorkspaceLock(${JSON.stringify(dir)}, { purpose: 'server' })
    process.kill(process.pid, 'SIGKILL')
  `,
  ])
  onTestFinished(() => parent.kill().then(() => {}))
  const { pid } = await waitFor(() => existsSync(lockPath(dir)) && readLock(dir))
  await waitFor(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), { what: 'the zombie' })

  const lock = await acquireWorkspaceLock(dir, { purpose: 'server' })
  expect(lock.holder.pid).toBe(process.pid)
  await lock.release()
})

it('replaces a lock file that was cut off by a crash of the machine, once it is not just being written', async () => {
  const dir = tempFolder()
  writeFileSync(lockPath(dir), '{"pid":12')
  const old = new Date(Date.now() - 60_000)
  utimesSync(lockPath(dir), old, old)

  const lock = await acquireWorkspaceLock(dir, { purpose: 'server' })
  expect(readLock(dir).nonce).toBe(lock.holder.nonce)
  await lock.release()
})

it('waits for a command that has the workspace open', async () => {
  const dir = tempFolder()
  const holder = await startHolder(dir, 'command')
  const taking = acquireWorkspaceLock(dir, { purpose: 'server' })
  await holder.stop()

  const lock = await taking
  expect(readLock(dir).pid).toBe(process.pid)
  await lock.release()
})

it('names a command that keeps the workspace for too long', async () => {
  const dir = tempFolder()
  const holder = await startHolder(dir, 'command')
  await expect(acquireWorkspaceLock(dir, { purpose: 'command', waitForCommandMs: 1 })).rejects.toMatchObject({
    code: 'workspace/locked',
    details: { pid: holder.pid },
  })
  // A short command is nothing to connect to.
  expect(await findRunningEngine(dir)).toBeUndefined()
})

it('waits for a server that is just starting', async () => {
  const dir = tempFolder()
  const address = await startListener()
  const starting = await acquireWorkspaceLock(dir, { purpose: 'server' })
  const finding = findRunningEngine(dir)
  await starting.announce({ console: address, secret: 'abc' })

  expect(await finding).toMatchObject({ pid: process.pid, console: address })
  await starting.release()
})

it('lets exactly one of many processes have a workspace with a stale lock', async () => {
  const dir = tempFolder()
  const holder = await startHolder(dir, 'server', 'http://127.0.0.1:1')
  await holder.kill()
  const contender = `
    const { acquireWorkspaceLock } = await import(${JSON.stringify(lockModule)})
    const lock = await acquireWorkspaceLock(${JSON.stringify(dir)}, { purpose: 'command' })
    const { writeFileSync, rmSync } = await import('node:fs')
    const inside = ${JSON.stringify(join(dir, 'inside'))}
    writeFileSync(inside, '', { flag: 'wx' })
    await new Promise(resolve => setTimeout(resolve, 20))
    rmSync(inside)
    await lock.release()
  `
  const results = await Promise.all(Array.from({ length: 6 }, () => runProcess('node', ['--input-type=module', '-e', contender])))

  expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array.from({ length: 6 }, () => ({ code: 0, stderr: '' })))
  expect(readdirSync(dir)).toEqual([])
})

it('does not remove a lock that another process has taken over meanwhile', async () => {
  const dir = tempFolder()
  const lock = await acquireWorkspaceLock(dir, { purpose: 'server' })
  writeFileSync(lockPath(dir), JSON.stringify({
    ...readLock(dir),
    nonce: 'another',
  }))
  await lock.release()
  expect(readLock(dir).nonce).toBe('another')
})

it('says in one sentence why a folder cannot be a workspace', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(acquireWorkspaceLock(join(folder, 'file', 'workspace'), { purpose: 'server' })).rejects.toMatchObject({
    code: 'store/unwritable',
    message: `The workspace folder ${join(folder, 'file', 'workspace')} cannot be written: a part of its path is a file, not a folder.`,
  })
  await expect(acquireWorkspaceLock(join(folder, 'file'), { purpose: 'server' })).rejects.toMatchObject({
    code: 'store/unwritable',
    message: `The workspace folder ${join(folder, 'file')} cannot be written: there is a file of that name.`,
  })
})

it('finds no engine in a folder without a lock, or without a folder', async () => {
  const dir = tempFolder()
  mkdirSync(join(dir, 'workspace'))
  expect(await findRunningEngine(join(dir, 'workspace'))).toBeUndefined()
  expect(await findRunningEngine(join(dir, 'missing'))).toBeUndefined()
})
