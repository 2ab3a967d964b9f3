import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtProduct } from '../support/built-product.ts'
import { runProcess, startProcess } from '../support/child-process.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const start = path.join(import.meta.dirname, '..', '..', 'src', 'cli', 'start.ts')
/** What was said besides building the page, which a change of the sources meanwhile makes necessary. */
const withoutBuild = (stderr: string): string => stderr.replace('Building the page …\n', '')
const noElectron = { ELECTRON_EXEC_PATH: '/no-electron', ELECTRON_OVERRIDE_DIST_PATH: undefined }

// Whatever is started here finds the page built.
beforeAll(async () => void await builtProduct(), 120_000)

describe('npm start', () => {
  it('says in one line that Electron is not there, and serves the page in the browser', async () => {
    const workspace = path.join(tempFolder(), 'workspace')
    const running = startProcess('node', [start, '--workspace', workspace, '--mqtt-port', '0', '--openapi-port', '0', '--no-open', '--json'], { env: noElectron })
    const ready = JSON.parse(await running.line(line => line.includes('"ready"'), { what: 'the ready line' })) as { console: { url: string } }
    expect(withoutBuild(running.stderr())).toBe('Electron is not installed here; starting in the browser instead.\n')
    const page = await fetch(new URL('/', ready.console.url))
    expect(page.status).toBe(200)

    const again = await runProcess('node', [start, '--web', '--workspace', workspace, '--no-open'], { env: noElectron })
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(new RegExp(`^Thingbench runs already \\(process ${running.pid}\\): ${new URL(ready.console.url).origin}/#t=[\\w-]+\\n$`))
    expect(await running.stop('SIGINT')).toEqual({ code: 0, signal: null })
  })

  it('starts the shell where Electron is, with what it was told, and ends as the shell does', async () => {
    const folder = tempFolder()
    const electron = path.join(folder, 'electron')
    writeFileSync(electron, `#!/bin/sh\nprintf '%s\\n' "$@" > "${folder}/args"\nexit 7\n`)
    chmodSync(electron, 0o700)
    const { code, stderr } = await runProcess('node', [start, '--workspace', 'bench'], { env: { ...noElectron, ELECTRON_EXEC_PATH: electron } })
    expect([code, withoutBuild(stderr)]).toEqual([7, ''])
    expect(readFileSync(path.join(folder, 'args'), 'utf8').split('\n')).toEqual([path.resolve(start, '..', '..', '..'), '--workspace', 'bench', ''])
  })

  it('passes on a signal to the shell', async () => {
    const folder = tempFolder()
    const electron = path.join(folder, 'electron')
    writeFileSync(electron, `#!/bin/sh\ntrap 'exit 5' TERM\ntouch "${folder}/up"\nwhile true; do sleep 0.05; done\n`)
    chmodSync(electron, 0o700)
    const running = startProcess('node', [start, '--desktop'], { env: { ...noElectron, ELECTRON_EXEC_PATH: electron } })
    await waitFor(() => existsSync(path.join(folder, 'up')), { what: 'the shell to run' })
    expect(await running.stop('SIGTERM')).toEqual({ code: 5, signal: null })
  })

  it('says how to get Electron when the desktop was asked for', async () => {
    const { code, stderr } = await runProcess('node', [start, '--desktop'], { env: noElectron })
    expect(code).toBe(2)
    expect(stderr).toBe('Electron is not installed here: npx install-electron --no downloads it (ELECTRON_MIRROR names another source); npm run start:web does without it.\n')
  })

  it('names a wrong option in one sentence', async () => {
    const { code, stderr } = await runProcess('node', [start, '--web', '--mqtt-port', 'many'], { env: noElectron })
    expect(code).toBe(2)
    expect(stderr).toBe('--mqtt-port: expected a whole number from 0 to 65535, got "many".\n')
  })
})
