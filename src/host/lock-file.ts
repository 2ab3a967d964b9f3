import type { JsonObject } from '../shared/json.ts'
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../shared/errors.ts'
import { isJsonObject } from '../shared/json.ts'
import { readProcessStart } from './process-start.ts'

/** What the file `engine.lock` in a workspace says of the process that has the workspace open. */
export interface LockHolder {
  pid: number
  /** Epoch milliseconds. */
  startedAt: number
  /** Tells this process from a later one with the same pid; null where the system cannot say. */
  processStart: string | null
  /** A server stays until it is stopped; a command is gone in a moment, so others wait for it. */
  purpose: 'server' | 'command'
  /** Where the console answers on this machine, `http://127.0.0.1:PORT`; null before it listens, and for commands. */
  console: string | null
  /** Lets the command line of the same user in; null together with `console`. */
  secret: string | null
  /** Tells this lock from every other, also one of the same process. */
  nonce: string
}

/** The lock of a workspace, held by this process. */
export interface WorkspaceLock {
  readonly holder: LockHolder
  /** Says where the console answers, so that commands find it. */
  announce: (found: { console: string, secret: string }) => Promise<void>
  /** Gives the workspace back; never throws. */
  release: () => Promise<void>
}

export interface LockOptions {
  purpose: LockHolder['purpose']
  /** How long a command that has the workspace open is waited for, milliseconds. */
  waitForCommandMs?: number
}

const pollMs = 25
/** A holder whose console does not answer is either starting or just dying; by then it must have done one of both. */
const settleMs = 2_000
const startWithinMs = 30_000
const waitForCommandMsDefault = 30_000

/** The path of a workspace's lock file. */
export function lockPath(workspaceDir: string): string {
  return path.join(workspaceDir, 'engine.lock')
}

/**
 * Takes a workspace for this process, making the folder when it is missing. A lock whose process is gone is replaced.
 * @throws AppError `workspace/locked` naming pid and address when another engine has it open, `store/unwritable` when the folder cannot be written.
 */
export async function acquireWorkspaceLock(workspaceDir: string, options: LockOptions): Promise<WorkspaceLock> {
  const file = lockPath(workspaceDir)
  const holder: LockHolder = {
    pid: process.pid,
    startedAt: Date.now(),
    processStart: await readProcessStart(process.pid),
    purpose: options.purpose,
    console: null,
    secret: null,
    nonce: randomBytes(8).toString('hex'),
  }
  await writable(workspaceDir, () => mkdir(workspaceDir, { recursive: true, mode: 0o700 }))

  const giveUpAt = Date.now() + (options.waitForCommandMs ?? waitForCommandMsDefault)
  while (!await writable(workspaceDir, () => placeLock(file, holder))) {
    const found = await readHolder(file)
    if (found === undefined)
      continue
    // Where the file system knows no links a lock is unreadable while it is being written.
    if (found === 'unreadable' && await isYoung(file)) {
      await wait(pollMs)
      continue
    }
    if (found === 'unreadable' || !await isAlive(found)) {
      if (await writable(workspaceDir, () => replaceStaleLock(file, found, holder)))
        break
      continue
    }
    if (found.purpose === 'server') {
      const settled = await settledServer(file, found)
      if (settled)
        throw lockedError(workspaceDir, settled)
      continue
    }
    if (Date.now() > giveUpAt)
      throw lockedError(workspaceDir, found)
    await wait(pollMs)
  }
  return lockOf(file, holder)
}

function lockOf(file: string, holder: LockHolder): WorkspaceLock {
  return {
    holder,
    async announce(found) {
      Object.assign(holder, found)
      await replaceFile(file, holder)
    },
    async release() {
      const found = await readHolder(file).catch(() => undefined)
      if (found !== undefined && found !== 'unreadable' && found.nonce === holder.nonce)
        await rm(file, { force: true }).catch(() => {})
    },
  }
}

/** An engine that has the workspace open and answers. */
export interface RunningEngine { pid: number, startedAt: number, console: string, secret: string }

/**
 * The engine that serves this workspace at the moment, waiting for one that is just starting; undefined when there is
 * none. A short command that has the workspace open does not count: {@link acquireWorkspaceLock} waits for it.
 */
export async function findRunningEngine(workspaceDir: string): Promise<RunningEngine | undefined> {
  const file = lockPath(workspaceDir)
  const giveUpAt = Date.now() + startWithinMs
  for (;;) {
    const found = await readHolder(file)
    if (found === undefined || found === 'unreadable' || found.purpose !== 'server' || !await isAlive(found))
      return undefined
    if (found.console !== null && found.secret !== null && await answers(found.console)) {
      return {
        pid: found.pid,
        startedAt: found.startedAt,
        console: found.console,
        secret: found.secret,
      }
    }
    if (Date.now() > giveUpAt)
      throw lockedError(workspaceDir, found)
    await wait(pollMs)
  }
}

/** The holder once its console answers, or as it is when that takes too long; undefined when the process went away meanwhile. */
async function settledServer(file: string, first: LockHolder): Promise<LockHolder | undefined> {
  const giveUpAt = Date.now() + settleMs
  let holder = first
  for (;;) {
    if (holder.console !== null && await answers(holder.console))
      return holder
    if (Date.now() > giveUpAt)
      return holder
    await wait(pollMs)
    const found = await readHolder(file)
    if (found === undefined || found === 'unreadable' || found.nonce !== holder.nonce || !await isAlive(found))
      return undefined
    holder = found
  }
}

function lockedError(workspaceDir: string, holder: LockHolder): AppError {
  const where = holder.console === null
    ? 'without an address yet'
    : `at ${holder.console}`
  return new AppError(
    'workspace/locked',
    `Another engine, process ${holder.pid} ${where}, has the workspace ${workspaceDir} open; stop it first or use another --workspace.`,
    {
      pid: holder.pid,
      address: holder.console,
      workspace: workspaceDir,
      startedAt: holder.startedAt,
    },
  )
}

/** Puts our lock in place if there is none: written aside and linked, so that nobody ever reads half of it. */
async function placeLock(file: string, holder: LockHolder): Promise<boolean> {
  const aside = await writeAside(file, holder)
  try {
    await link(aside, file)
    return true
  }
  catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST')
      return false
    // Some file systems (FAT, some network drives) know no links.
    if (code === 'EPERM' || code === 'ENOSYS' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'EMLINK')
      return await createExclusively(file, holder)
    throw error
  }
  finally {
    await rm(aside, { force: true })
  }
}

async function createExclusively(file: string, holder: LockHolder): Promise<boolean> {
  try {
    await writeFile(file, toText(holder), { mode: 0o600, flag: 'wx' })
    return true
  }
  catch (error) {
    if (errorCode(error) === 'EEXIST')
      return false
    throw error
  }
}

/**
 * Replaces a lock whose process is gone. Of several processes that found the same stale lock only one may: the one that
 * makes the file `engine.lock.replacing`, and only if the stale lock is still there by then.
 */
async function replaceStaleLock(file: string, stale: LockHolder | 'unreadable', holder: LockHolder): Promise<boolean> {
  const guard = `${file}.replacing`
  if (!await createExclusively(guard, holder)) {
    // An old one was left behind by a process that died within these few lines.
    if (!await isYoung(guard))
      await rm(guard, { force: true })
    await wait(pollMs)
    return false
  }
  try {
    const found = await readHolder(file)
    const unchanged = found === stale || (isHolder(found) && isHolder(stale) && found.nonce === stale.nonce)
    if (!unchanged)
      return false
    await replaceFile(file, holder)
    return true
  }
  finally {
    await rm(guard, { force: true })
  }
}

async function isYoung(file: string): Promise<boolean> {
  return await stat(file).then(found => Date.now() - found.mtimeMs < settleMs, () => true)
}

async function replaceFile(file: string, holder: LockHolder): Promise<void> {
  await rename(await writeAside(file, holder), file)
}

async function writeAside(file: string, holder: LockHolder): Promise<string> {
  const aside = `${file}.${holder.nonce}`
  await writeFile(aside, toText(holder), { mode: 0o600 })
  return aside
}

function toText(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`
}

/** Undefined without a lock; `unreadable` when the file is not one of ours, or was cut off by a crash of the machine. */
async function readHolder(file: string): Promise<LockHolder | 'unreadable' | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  }
  catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return undefined
    if (code === 'EACCES' || code === 'EPERM')
      throw new AppError('workspace/locked', `The lock file ${file} belongs to another user; use a --workspace of your own.`, { file })
    throw error
  }
  try {
    return parseHolder(JSON.parse(text))
  }
  catch {
    return 'unreadable'
  }
}

function parseHolder(value: unknown): LockHolder | 'unreadable' {
  if (!isJsonObject(value))
    return 'unreadable'
  const { pid, startedAt, purpose, nonce } = value
  if (!Number.isSafeInteger(pid) || typeof startedAt !== 'number' || typeof nonce !== 'string' || (purpose !== 'server' && purpose !== 'command'))
    return 'unreadable'
  return {
    pid: Number(pid),
    startedAt,
    purpose,
    nonce,
    processStart: textOf(value, 'processStart'),
    console: textOf(value, 'console'),
    secret: textOf(value, 'secret'),
  }
}

function textOf(value: JsonObject, field: string): string | null {
  const found = value[field]
  return typeof found === 'string'
    ? found
    : null
}

function isHolder(found: LockHolder | 'unreadable' | undefined): found is LockHolder {
  return found !== undefined && found !== 'unreadable'
}

/** True while the very process that wrote the lock lives: not a zombie, and not a later process with its pid. */
async function isAlive(holder: LockHolder): Promise<boolean> {
  if (holder.pid <= 0)
    return false
  try {
    process.kill(holder.pid, 0)
  }
  catch (error) {
    if (errorCode(error) !== 'EPERM')
      return false
  }
  const start = await readProcessStart(holder.pid)
  if (start === 'gone')
    return false
  if (start !== null && holder.processStart !== null)
    return start === holder.processStart
  // Nothing to compare: a holder that said where it answers must answer there.
  return holder.console === null || await answers(holder.console)
}

/** True when something accepts connections at this address of our own machine. */
function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      timeout: settleMs,
    })
    const done = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => done(true))
    socket.once('timeout', () => done(false))
    socket.once('error', () => done(false))
  })
}

const refusals: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'there is a file of that name',
  ENOENT: 'a part of its path does not exist',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the disk reports an error',
}

/** Runs what writes into the workspace; the system's refusals become one sentence. */
async function writable<T>(workspaceDir: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  }
  catch (error) {
    const code = errorCode(error)
    if (code === undefined)
      throw error
    throw new AppError(
      'store/unwritable',
      `The workspace folder ${workspaceDir} cannot be written: ${refusals[code] ?? code}.`,
      { workspace: workspaceDir, cause: code },
    )
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && !(error instanceof AppError)
    ? error.code
    : undefined
}
