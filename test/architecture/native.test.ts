import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { runProcess } from '../support/child-process.ts'
import { projectDir } from './source.ts'

/** Runs a few lines in a Node of their own, because a native module that does not fit ends the whole process. */
async function tryNative(code: string): Promise<string> {
  const { code: exitCode, signal, stdout, stderr } = await runProcess('node', ['--input-type=module', '-e', code], { cwd: projectDir })
  if (signal)
    return `The native module ended Node ${process.version} with ${signal}: it needs Node 24 or newer (Node-API 10). Run through npm scripts, which use the pinned Node.`
  return exitCode === 0
    ? stdout.trim()
    : `exit ${exitCode}: ${stderr.trim().split('\n').find(line => line.includes('Error')) ?? stderr}`
}

describe('native modules', () => {
  it('turn a crash into a sentence', async () => {
    expect(await tryNative(`process.kill(process.pid, 'SIGSEGV')`)).toMatch(/ended Node v\d.* with SIGSEGV: it needs Node 24/)
    expect(await tryNative(`throw new Error('cannot load')`)).toContain('cannot load')
  })

  it('load: better-sqlite3 opens a database and answers', async () => {
    expect(await tryNative(`
      import Database from 'better-sqlite3'
      const db = new Database(':memory:')
      process.stdout.write(String(db.prepare('select 6 * 7 as answer').get().answer))
      db.close()
    `)).toBe('42')
  })
})
