/**
 * `npm test`: runs every test that can run on this machine and says in one line what it left out and why.
 * `npm test -- test/unit/store` hands its arguments to Vitest and runs only that.
 *
 * `TEST_REPORTS` names a folder for reports in JSON; with `TEST_ALL=1` what cannot run is a failure
 * (except the desktop shell, whose binary no package carries: `REQUIRE_ELECTRON=1` asks for it too).
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { build, isBuildStale } from '../src/cli/page-build.ts'
import { findChromium } from './support/find-chromium.ts'
import { findElectronBinary } from './support/find-electron.ts'

const projectDir = dirname(import.meta.dirname)
const reportsDir = process.env.TEST_REPORTS

/** Runs the program of an installed package and returns its exit code. */
function runPackage(name: string, program: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  const script = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), program)
  return new Promise((resolve, reject) => {
    spawn(process.execPath, [script, ...args], {
      cwd: projectDir,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        ...env,
      },
    })
      .on('error', reject)
      .on('exit', code => resolve(code ?? 1))
  })
}

function runVitest(args: string[]): Promise<number> {
  const reporters = reportsDir === undefined
    ? []
    : ['--reporter=default', '--reporter=json', `--outputFile.json=${join(reportsDir, 'vitest.json')}`]
  return runPackage('vitest', 'vitest.mjs', [
    'run',
    ...reporters,
    ...args,
  ])
}

function runBrowserTests(): Promise<number> {
  const reporters = reportsDir === undefined
    ? []
    : ['--reporter=list,json']
  return runPackage('@playwright/test', 'cli.js', ['test', ...reporters], reportsDir === undefined
    ? {}
    : {
        PLAYWRIGHT_JSON_OUTPUT_FILE: join(reportsDir, 'playwright.json'),
      })
}

async function runAll(): Promise<number> {
  const leftOut: string[] = []
  // Both kinds of tests start the built page and the built bundles.
  const problem = isBuildStale(projectDir, 'desktop') ? await build(projectDir) : undefined
  if (problem !== undefined) {
    console.error(problem)
    return 1
  }
  const codes = [await runVitest([])]
  if (findChromium() === undefined)
    leftOut.push('the browser tests, because there is no Chromium here (install it, or name one in CHROMIUM)')
  else
    codes.push(await runBrowserTests())
  if (process.env.TEST_ALL === '1' && leftOut.length > 0)
    codes.push(1)
  if (findElectronBinary() === undefined) {
    leftOut.push('the tests in the real desktop shell, because the Electron binary is not installed (npx install-electron --no)')
    if (process.env.REQUIRE_ELECTRON === '1')
      codes.push(1)
  }
  console.log(leftOut.length === 0
    ? 'Nothing was left out.'
    : `Left out: ${leftOut.join('; ')}.`)
  return Math.max(...codes)
}

const filters = process.argv.slice(2)
process.exitCode = filters.length > 0
  ? await runVitest(filters)
  : await runAll()
