import type { QuickJSContext, QuickJSHandle, QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { WasmMemory } from './memory-image.ts'
import type { ScriptCall, ScriptLogLevel, ScriptLogLine, ScriptProblem, ScriptRun } from './types.ts'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core'
import { limits } from '../../shared/limits.ts'
import { markBigNumbers, unmarkBigNumbers } from './big-numbers.ts'
import { MemoryImage } from './memory-image.ts'
import { prelude } from './prelude.ts'

export interface SandboxWorld {
  /** The compiled QuickJS, a WebAssembly.Module. */
  wasm: object
  /** A monotonic clock in milliseconds, for the time limit alone. */
  monotonic: () => number
  /** The time that a run may take. */
  runMsMax: number
}

/** The name under which a user's text appears in stack traces. */
const scriptFile = 'script.js'
const runtimeFailure = 'the script engine failed'

type Call = Pick<ScriptCall, 'functionName' | 'args' | 'now' | 'requires' | 'keepLogs'>

/** A script that was compiled. */
export interface Program {
  /** Calls one of its functions. Never throws. */
  run: (call: Call) => ScriptRun
  /** False after a failure that may have left it in disorder: compile it again. */
  readonly isSound: boolean
}

/**
 * Compiles a script in an instance of QuickJS of its own and remembers the instance's memory as it is then; every run begins
 * by putting that memory back. So the text is read once, and still no run sees what another one left: neither in variables
 * nor in prototypes (the platform promises no state between runs either). Never throws: what is wrong with the script, each
 * run says.
 */
export async function compileScript(text: string, world: SandboxWorld): Promise<Program> {
  const startedAt = world.monotonic()
  const module = await newQuickJSWASMModuleFromVariant(newVariant(variant as unknown as QuickJSSyncVariant, { wasmModule: world.wasm }))
  const machine = new Machine(module, world)
  const problem = machine.load(text)
  let compileMs = world.monotonic() - startedAt
  return {
    get isSound() { return machine.isSound },
    run: (call) => {
      const runAt = world.monotonic()
      const result = problem === null ? machine.call(call) : { value: null, problem }
      const elapsedMs = world.monotonic() - runAt + compileMs
      compileMs = 0
      return { ...result, logs: machine.takeLogs(call.keepLogs ?? false), elapsedMs }
    },
  }
}

type Result = Pick<ScriptRun, 'value' | 'problem'>

/** One instance of QuickJS with one script in it. */
class Machine {
  readonly #context: QuickJSContext
  readonly #memory: WasmMemory
  readonly #monotonic: () => number
  readonly #runMsMax: number
  readonly #invoke: QuickJSHandle
  readonly #describe: QuickJSHandle
  readonly #image: MemoryImage
  readonly #defined = new Map<string, boolean>()
  #deadline = Number.POSITIVE_INFINITY
  #logs: ScriptLogLine[] = []
  isSound = true

  constructor(module: Awaited<ReturnType<typeof newQuickJSWASMModuleFromVariant>>, { monotonic, runMsMax }: SandboxWorld) {
    this.#memory = module.getWasmMemory()
    this.#monotonic = monotonic
    this.#runMsMax = runMsMax
    this.#image = new MemoryImage(this.#memory)
    const runtime = module.newRuntime({ memoryLimitBytes: limits.scriptMemoryBytesMax, maxStackSizeBytes: limits.scriptStackBytesMax, interruptHandler: () => monotonic() > this.#deadline })
    const context = this.#context = runtime.newContext()
    const log = context.newFunction('log', (level, text) => this.#log(context.getString(level) as ScriptLogLevel, context.getString(text)))
    const parts = context.unwrapResult(context.callFunction(context.unwrapResult(context.evalCode(prelude, 'prelude.js')), context.undefined, log))
    this.#invoke = context.getProp(parts, 0)
    this.#describe = context.getProp(parts, 1)
  }

  /** Evaluates the top level of the script and remembers the memory. */
  load(text: string): ScriptProblem | null {
    const problem = this.#guard(() => {
      const result = this.#context.evalCode(text, scriptFile)
      if (result.error)
        return this.#problemOf(result.error)
      result.value.dispose()
      return null
    }, problemAlone => problemAlone)
    this.#image.take()
    return problem
  }

  call({ functionName, args, now, requires = [] }: Call): Result {
    return this.#guard((): Result => {
      for (const name of [functionName, ...requires]) {
        if (!this.#isDefined(name))
          return { value: null, problem: { code: 26006, message: `The script has to define the function ${name}, and it does not.` } }
      }
      this.#image.restore()
      this.#deadline = this.#monotonic() + this.#runMsMax
      return this.#invokeFunction(functionName, args, now)
    }, problem => ({ value: null, problem }))
  }

  #isDefined(name: string): boolean {
    let isDefined = this.#defined.get(name)
    if (isDefined === undefined) {
      this.#image.restore()
      isDefined = /^[\w$]+$/.test(name) && this.#context.unwrapResult(this.#context.evalCode(`typeof ${name} === 'function'`)).consume(handle => this.#context.dump(handle) === true)
      this.#defined.set(name, isDefined)
    }
    return isDefined
  }

  #invokeFunction(name: string, args: readonly string[], now: number): Result {
    const context = this.#context
    // A function declared with const is no property of the global object, so it is found by its name.
    const target = context.evalCode(name)
    if (target.error)
      return { value: null, problem: this.#problemOf(target.error) }
    const result = context.callFunction(this.#invoke, context.undefined, target.value, context.newString(markBigNumbers(`[${args.join(',')}]`)), context.newNumber(now))
    if (result.error)
      return { value: null, problem: this.#problemOf(result.error) }
    const answer = context.getString(result.value)
    const text = answer.slice(1)
    switch (answer[0]) {
      case 'v':
        return { value: unmarkBigNumbers(text), problem: null }
      case 'n':
        return { value: null, problem: null }
      case 'w':
        return { value: null, problem: { code: 26007, message: `${name} returned a ${text}.` } }
      default:
        return { value: null, problem: problemOfThrown(text) }
    }
  }

  /** Describes an error of the engine's: an interrupt, which no script can catch, or what came up where nothing caught it. */
  #problemOf(error: QuickJSHandle): ScriptProblem {
    if (this.#monotonic() > this.#deadline)
      return this.#tooSlow()
    const described = this.#context.callFunction(this.#describe, this.#context.undefined, error)
    if (described.error)
      return this.#monotonic() > this.#deadline ? this.#tooSlow() : failed(runtimeFailure)
    return problemOfThrown(this.#context.getString(described.value))
  }

  /** Holds a piece of work to its time, and takes what WebAssembly itself throws, such as a full native stack. */
  #guard<Value>(work: () => Value, onProblem: (problem: ScriptProblem) => Value): Value {
    this.#deadline = this.#monotonic() + this.#runMsMax
    try {
      const value = work()
      // Memory only ever grows, so an instance that has grown much is not kept.
      this.isSound &&= this.#memory.buffer.byteLength <= limits.scriptInstanceBytesMax
      return value
    }
    catch (error) {
      this.isSound = false
      return onProblem(error instanceof RangeError ? failed('the calls are nested too deeply (stack overflow)') : failed(error instanceof Error ? error.message : runtimeFailure))
    }
    finally {
      this.#deadline = Number.POSITIVE_INFINITY
    }
  }

  #tooSlow(): ScriptProblem {
    return { code: 26003, message: `The script did not come to an end within ${this.#runMsMax / 1000} s: look for an endless loop.` }
  }

  #log(level: ScriptLogLevel, text: string): void {
    if (this.#logs.length < limits.scriptLogLinesMax)
      this.#logs.push({ level, text: text.slice(0, limits.scriptLogCharsMax) })
  }

  takeLogs(keep: boolean): ScriptLogLine[] {
    const logs = this.#logs
    this.#logs = []
    return keep ? logs : []
  }
}

function failed(why: string): ScriptProblem {
  return { code: 26002, message: `The script failed: ${why}.` }
}

/** A thrown value, as the sandbox's `describe` wrote it, with the first place of the user's text in its stack. */
function problemOfThrown(json: string): ScriptProblem {
  const { name, message, stack } = JSON.parse(json) as { name: string, message: string, stack: string }
  const what = `${name === '' ? '' : `${name}: `}${message.slice(0, limits.scriptLogCharsMax)}`
  const [, line, column] = /script\.js:(\d+)(?::(\d+))?/.exec(stack) ?? []
  return {
    code: 26002,
    message: `The script failed${line === undefined ? '' : ` in line ${line}${column === undefined ? '' : `, column ${column}`}`}: ${what}`,
    ...(line !== undefined && { line: Number(line) }),
    ...(column !== undefined && { column: Number(column) }),
  }
}
