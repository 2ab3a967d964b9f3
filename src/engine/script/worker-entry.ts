import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The code of a script worker, and the file of the QuickJS that it runs. */
export interface ScriptWorkerFiles { code: URL, wasmFile: string }

/**
 * Where they are: beside this file and in the package when the engine runs from source, and otherwise `script-worker.js` and
 * `quickjs.wasm`, which the build puts beside the chunk this code ended up in or, when that is a shared chunk, one folder
 * above it. `from` is the URL of this module.
 */
export function scriptWorkerFiles(from: string = import.meta.url): ScriptWorkerFiles {
  if (new URL(from).pathname.endsWith('.ts'))
    return { code: new URL('./script-worker.ts', from), wasmFile: fileURLToPath(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')) }
  const beside = new URL('./script-worker.js', from)
  const code = existsSync(beside) ? beside : new URL('../script-worker.js', from)
  return { code, wasmFile: fileURLToPath(new URL('./quickjs.wasm', code)) }
}
