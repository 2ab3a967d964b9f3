import { mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import * as electron from 'electron'
import { createFileLog } from '../src/host/log-stream.ts'
import { realClock } from '../src/host/real-clock.ts'
import { startShell } from './shell.ts'

// The entry of Electron's main process. It must not wait at its top level: the app becomes ready only after this file has run.
startShell(electron, {
  mainDir: import.meta.dirname,
  packagedResourcesDir: process.resourcesPath,
  argv: process.argv.slice(1),
  cwd: process.cwd(),
  platform: process.platform,
  devPageUrl: process.env.ELECTRON_RENDERER_URL,
  clock: realClock,
  openLog(folder) {
    mkdirSync(folder, { recursive: true })
    return createFileLog(path.join(folder, 'shell.log'))
  },
}).catch((error: unknown) => {
  electron.dialog.showErrorBox('Thingbench', error instanceof Error ? error.stack ?? error.message : String(error))
  electron.app.exit(1)
})
