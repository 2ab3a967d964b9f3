import type { Program } from './sandbox.ts'
import type { FromScriptWorker, ScriptRun, ScriptWorkerSetup, ToScriptWorker } from './types.ts'
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { limits } from '../../shared/limits.ts'
import { compileScript } from './sandbox.ts'

/** The page's types know it, Node's do not. */
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object }

/** Entry of a script worker: a thread that runs users' scripts, one call after the other. */
const port = parentPort!
const { wasmFile, runMsMax } = workerData as ScriptWorkerSetup
const world = { wasm: new WebAssembly.Module(readFileSync(wasmFile)), monotonic: () => performance.now(), runMsMax }

interface Kept { text: string, program: Program | null }
/** By id, the one used last at the end. */
const scripts = new Map<string, Kept>()
/** Calls are answered in the order they came, also while a script is compiled. */
let turn: Promise<void> = Promise.resolve()

/** The script with its text, new or as it was; a program that is in disorder or was let go of is compiled again. */
async function programOf(scriptId: string, text: string | undefined): Promise<Program> {
  const known = scripts.get(scriptId)
  const kept: Kept = known === undefined || (text !== undefined && text !== known.text) ? { text: text ?? '', program: null } : known
  kept.program ??= await compileScript(kept.text, world)
  scripts.delete(scriptId)
  scripts.set(scriptId, kept)
  // Texts are small and stay; what runs them takes megabytes.
  const instances = Array.from(scripts.values()).filter(({ program }) => program !== null)
  for (const oldest of instances.slice(0, -limits.scriptInstancesMax))
    oldest.program = null
  return kept.program
}

async function run({ id, call: { scriptId, text, ...call } }: Extract<ToScriptWorker, { kind: 'run' }>): Promise<void> {
  let result: ScriptRun
  try {
    const program = await programOf(scriptId, text)
    result = program.run(call)
    if (!program.isSound)
      scripts.get(scriptId)!.program = null
  }
  catch (error) {
    result = { value: null, problem: { code: 26015, message: `The sandbox could not run the script: ${error instanceof Error ? error.message : String(error)}.` }, logs: [], elapsedMs: 0 }
  }
  port.postMessage({ id, run: result } satisfies FromScriptWorker)
}

port.on('message', (message: ToScriptWorker) => {
  if (message.kind === 'run')
    turn = turn.then(() => run(message))
  else
    scripts.delete(message.scriptId)
})
