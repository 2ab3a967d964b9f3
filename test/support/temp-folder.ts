import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface TempFolder { path: string, close: () => Promise<void> }

/** Makes an empty folder of its own under the system's temporary folder; `close` removes it and all that is in it. */
export function createTempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'thingbench-test-'))
  return {
    path,
    // A process that was just killed may still be writing its last file, hence the retries.
    close: () => rm(path, {
      recursive: true,
      force: true,
      maxRetries: 5,
      retryDelay: 50,
    }),
  }
}

/** Inside a test: the path of a fresh folder that is removed when the test is over, whatever its outcome. */
export function tempFolder(): string {
  const folder = createTempFolder()
  onTestFinished(() => folder.close())
  return folder.path
}
