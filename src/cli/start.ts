import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { findRunningEngine } from '../host/lock-file.ts'
import { openBrowser } from '../host/open-browser.ts'
import { requestPageUrl } from '../host/web/request-page-url.ts'
import { commands } from './commands.ts'
import { findElectron } from './find-electron.ts'
import { followParentUnderNpm } from './follow-parent.ts'
import { createOutput } from './output.ts'
import { build, isBuildStale } from './page-build.ts'
import { parseArguments } from './parse-arguments.ts'
import { runCommandLine } from './run-command-line.ts'
import { serve } from './serve.ts'
import { parseStartWords } from './start-words.ts'
import { resolveWorkspace } from './workspace-option.ts'

// What `npm start` runs: the desktop shell where Electron is installed, otherwise the same page in the browser.

const projectDir = path.dirname(path.dirname(import.meta.dirname))
const output = createOutput(process.stdout, process.stderr)

followParentUnderNpm()
process.exitCode = await start(process.argv.slice(2))

async function start(words: string[]): Promise<number> {
  const wish = parseStartWords(words)
  if (wish.host === 'web' && wish.isDevelopment) {
    const { serveForDevelopment } = await import('./dev-page.ts')
    return serveForDevelopment(projectDir, wish.rest, output)
  }
  const electron = wish.host === 'web' ? undefined : findElectron(process.env, electronPackageDir(), { exists: existsSync, read: readText })
  if (wish.host === 'desktop' && !electron) {
    output.note('Electron is not installed here: npx install-electron --no downloads it (ELECTRON_MIRROR names another source); npm run start:web does without it.')
    return 2
  }
  if (wish.host === 'auto' && !electron)
    output.note('Electron is not installed here; starting in the browser instead.')

  if (isBuildStale(projectDir, electron ? 'desktop' : 'web')) {
    output.note('Building the page …')
    const problem = await build(projectDir)
    if (problem !== undefined) {
      output.note(problem)
      return 1
    }
  }
  if (electron)
    return runElectron(electron, wish.rest)
  return await showRunning(wish.rest) ?? runCommandLine(['serve', ...wish.rest], commands, output)
}

/** When an engine has the workspace open already, shows its page instead of starting another; undefined when there is none. */
async function showRunning(rest: string[]): Promise<number | undefined> {
  try {
    const request = parseArguments(['serve', ...rest], [serve])
    const running = request.kind === 'run' ? await findRunningEngine(resolveWorkspace(request.values.workspace as string | undefined)) : undefined
    if (request.kind !== 'run' || !running)
      return undefined
    const url = await requestPageUrl({ url: running.console, secret: running.secret })
    output.line(`Thingbench runs already (process ${running.pid}): ${url}`)
    const problem = request.values['no-open'] === true ? undefined : await openBrowser(url)
    if (problem !== undefined)
      output.note(problem)
    return 0
  }
  catch {
    // Whatever is wrong, `serve` says it in its own words.
    return undefined
  }
}

function electronPackageDir(): string | undefined {
  try {
    return path.dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  }
  catch {
    return undefined
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  }
  catch {
    return undefined
  }
}

/** Runs the shell until it ends, and ends as it does. */
function runElectron(program: string, rest: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, [projectDir, ...rest.filter(word => word !== '--no-open')], { stdio: 'inherit' })
    const signals = ['SIGINT', 'SIGTERM'] as const
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
    signals.forEach(signal => process.on(signal, forward))
    const end = (code: number): void => {
      signals.forEach(signal => process.off(signal, forward))
      resolve(code)
    }
    child.once('error', (error) => {
      output.note(`Electron could not be started: ${error.message}.`)
      end(1)
    })
    child.once('exit', (code, signal) => end(code ?? (signal === null ? 0 : 1)))
  })
}
