import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** A program and what to give it. */
export interface OpenCommand { command: string, args: string[] }

export interface OpenBrowserOptions {
  /** How to open a file with the user's browser; the platform's own way when left out. */
  opener?: (file: string) => OpenCommand
  /** How long the browser has for reading the file before it is deleted, milliseconds. */
  keepFileMs?: number
}

/** Long enough for a browser that has to be started first. */
const keepFileMsDefault = 60_000
/** An opener that still runs after this time, milliseconds, has not failed: some stay as long as the browser does. */
const failsWithinMs = 3_000

/** The platform's way to open a file with the program the user chose for it. */
export function openerOf(platform: NodeJS.Platform, file: string): OpenCommand {
  switch (platform) {
    case 'darwin':
      return { command: 'open', args: [file] }
    case 'win32':
      return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', file] }
    default:
      return { command: 'xdg-open', args: [pathToFileURL(file).href] }
  }
}

/**
 * Opens an address in the user's browser. The token in it never stands on a command line, which every user of the machine
 * can read: the browser is given a file that only this user can read, and that file sends it on. Resolves with a sentence
 * when no browser could be opened, which is no error: the address can be opened by hand.
 */
export async function openBrowser(url: string, options: OpenBrowserOptions = {}): Promise<string | undefined> {
  const { opener = file => openerOf(process.platform, file), keepFileMs = keepFileMsDefault } = options
  let folder: string
  try {
    folder = await mkdtemp(path.join(tmpdir(), 'thingbench-open-'))
  }
  catch (error) {
    return noBrowser(error instanceof Error ? error.message : String(error))
  }
  const forget = (): void => {
    process.off('exit', forget)
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', forget)
  const file = path.join(folder, 'open.html')
  try {
    await writeFile(file, redirectPage(url), { mode: 0o600 })
    await run(opener(file))
  }
  catch (error) {
    forget()
    return noBrowser(error instanceof Error ? error.message : String(error))
  }
  setTimeout(forget, keepFileMs).unref()
  return undefined
}

function noBrowser(reason: string): string {
  return `No browser was opened (${reason}); open the page's address yourself.`
}

function run({ command, args }: OpenCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore' })
    const goesOn = setTimeout(() => {
      child.unref()
      resolve()
    }, failsWithinMs)
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(goesOn)
      reject(new Error(error.code === 'ENOENT' ? `there is no ${command} here` : error.message))
    })
    child.once('exit', (code) => {
      clearTimeout(goesOn)
      if (code === 0)
        resolve()
      else
        reject(new Error(`${command} failed with code ${code}`))
    })
  })
}

/** A page that replaces itself by another, so that going back does not lead to it. */
function redirectPage(url: string): string {
  const address = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return `<!doctype html>
<meta charset="utf-8">
<title>Thingbench</title>
<meta http-equiv="refresh" content="0; url=${address}">
<p><a href="${address}">Open Thingbench</a></p>
`
}
