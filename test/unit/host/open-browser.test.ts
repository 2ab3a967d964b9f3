import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBrowser, openerOf } from '../../../src/host/open-browser.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { waitFor } from '../../support/wait-for.ts'

const url = 'http://127.0.0.1:4100/#t=secret-token'

/** A program that notes what it was given and copies the file, then ends with a code. */
function openerIn(folder: string, code = 0): string {
  const program = path.join(folder, 'opener')
  writeFileSync(program, `#!/bin/sh\nprintf '%s' "$*" > "${folder}/args"\ncp "$1" "${folder}/copy"\nexit ${code}\n`)
  chmodSync(program, 0o700)
  return program
}

describe('opening the browser', () => {
  it('gives it a file that only the user can read and that leads to the address, never the token itself', async () => {
    const folder = tempFolder()
    const program = openerIn(folder)
    let file = ''
    const problem = await openBrowser(url, {
      opener: (given) => {
        file = given
        return { command: program, args: [given] }
      },
      keepFileMs: 0,
    })
    expect(problem).toBeUndefined()
    expect(readFileSync(path.join(folder, 'args'), 'utf8')).toBe(file)
    expect(file).not.toContain('secret-token')
    expect(readFileSync(path.join(folder, 'copy'), 'utf8')).toContain(`url=${url}"`)
    expect(statSync(path.join(folder, 'copy')).mode & 0o077).toBe(0)
    await waitFor(() => !existsSync(path.dirname(file)), { what: 'the file to be deleted' })
  })

  it('says in a line that there is no opener, and leaves nothing behind', async () => {
    let file = ''
    const problem = await openBrowser(url, {
      opener: (given) => {
        file = given
        return { command: 'thingbench-no-such-program', args: [given] }
      },
    })
    expect(problem).toBe('No browser was opened (there is no thingbench-no-such-program here); open the page\'s address yourself.')
    expect(existsSync(path.dirname(file))).toBe(false)
  })

  it('says in a line that the opener failed', async () => {
    const program = openerIn(tempFolder(), 3)
    expect(await openBrowser(url, { opener: file => ({ command: program, args: [file] }) })).toBe(`No browser was opened (${program} failed with code 3); open the page's address yourself.`)
  })

  it('writes an address into the page so that it stays an address', async () => {
    const folder = tempFolder()
    const program = openerIn(folder)
    await openBrowser('http://127.0.0.1/?a=1&b="<x>', { opener: file => ({ command: program, args: [file] }), keepFileMs: 0 })
    expect(readFileSync(path.join(folder, 'copy'), 'utf8')).toContain('href="http://127.0.0.1/?a=1&amp;b=&quot;&lt;x>"')
  })

  it('uses each platform\'s own way', () => {
    expect(openerOf('linux', '/tmp/x/open.html')).toEqual({ command: 'xdg-open', args: ['file:///tmp/x/open.html'] })
    expect(openerOf('darwin', '/tmp/x/open.html')).toEqual({ command: 'open', args: ['/tmp/x/open.html'] })
    expect(openerOf('win32', 'C:\\x\\open.html')).toEqual({ command: 'rundll32', args: ['url.dll,FileProtocolHandler', 'C:\\x\\open.html'] })
  })
})
