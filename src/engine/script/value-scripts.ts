import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSSyncVariant } from 'quickjs-emscripten-core'
import type { WasmMemory } from './memory-image.ts'
import type { ValueAnswer, ValueCall, ValueScript, ValueScripts } from './types.ts'
import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core'
import { valueScriptLimits } from '../../shared/behaviour/value-script-limits.ts'
import { MemoryImage } from './memory-image.ts'
import { valuePrelude } from './value-prelude.ts'
import { scriptWorkerFiles } from './worker-entry.ts'

/** The page's types know it, Node's do not. */
declare const WebAssembly: { compile: (bytes: Uint8Array) => Promise<object>, Memory: new (pages: { initial: number, maximum: number }) => WasmMemory }

const wasmPageBytes = 64 * 1024
/** What QuickJS was built for, most of it its stack. */
const firstPages = 256
const scriptFile = 'script.js'
/** A literal such as `10n`, also where it stands in a text or remark: nobody needs it there. */
const bigNumber = /(?<![\w$.])(?:0[xob][\da-f_]+|\d[\d_]*)n(?![\w$])/i
/** Failures that take as long as an endless loop. */
const costly = /^(?:RangeError: too much work for one value|InternalError: (?:out of memory|stack overflow)|it needs more memory than there is)$/
const notAgain = 'it is not run any more until it is changed'
const broken = 'the sandbox broke and is not used until the behaviours are changed'
/** Before a user's text, on its first line, so that lines stay what they are; all that is declared in it is new with each call. */
const before = '(function () { \'use strict\'; '
const after = '\n;return typeof value === \'function\' ? value : undefined })'

type Outcome = { ok: true, text: string } | { ok: false, problem: string, line: number | undefined }
interface Compiled { script: ValueScript, handle: QuickJSHandle | undefined }

/**
 * One instance of QuickJS in this thread for scripts that give values, with calls that return at once. All scripts share its
 * frozen globals, and each call evaluates the whole text anew, so that nothing is left for the next but the state it gave.
 */
export class ValueMachine implements ValueScripts {
  readonly #stopwatch: () => number
  readonly #runtime: QuickJSRuntime
  readonly #context: QuickJSContext
  readonly #image: MemoryImage
  readonly #invoke: QuickJSHandle
  readonly #describe: QuickJSHandle
  readonly #find: QuickJSHandle
  readonly #compiled = new Map<string, Compiled>()
  #interrupts = 0
  #deadline = Number.POSITIVE_INFINITY
  #random: () => number = () => 0
  isSound = true

  /** `stopwatch`: milliseconds that really pass, for the last resort against work that QuickJS does not count. */
  static async open(stopwatch: () => number): Promise<ValueMachine> {
    const { wasmFile } = scriptWorkerFiles()
    const wasmModule = await WebAssembly.compile(await readFile(wasmFile))
    const wasmMemory = new WebAssembly.Memory({ initial: firstPages, maximum: valueScriptLimits.memoryBytesMax / wasmPageBytes })
    const module = await newQuickJSWASMModuleFromVariant(newVariant(variant as unknown as QuickJSSyncVariant, { wasmModule, wasmMemory }))
    return new ValueMachine(module, stopwatch)
  }

  private constructor(module: Awaited<ReturnType<typeof newQuickJSWASMModuleFromVariant>>, stopwatch: () => number) {
    this.#stopwatch = stopwatch
    this.#image = new MemoryImage(module.getWasmMemory())
    // Steps are counted rather than timed, so that the same script ends at the same place in every run.
    this.#runtime = module.newRuntime({ maxStackSizeBytes: valueScriptLimits.stackBytesMax, interruptHandler: () => ++this.#interrupts > valueScriptLimits.interruptsMax || stopwatch() > this.#deadline })
    const context = this.#context = this.#runtime.newContext()
    const draw = context.newFunction('draw', () => context.newNumber(this.#random()))
    this.#interrupts = Number.NEGATIVE_INFINITY
    const parts = context.unwrapResult(context.callFunction(context.unwrapResult(context.evalCode(valuePrelude, 'prelude.js')), context.undefined, draw))
    this.#invoke = context.getProp(parts, 0)
    this.#describe = context.getProp(parts, 1)
    this.#find = context.getProp(parts, 2)
    this.#image.take()
  }

  compile(text: string): ValueScript {
    if (!this.isSound)
      return refusedScript(broken, undefined)
    const known = this.#compiled.get(text)
    if (known !== undefined)
      return known.script
    const compiled = this.#compileNew(text)
    this.#compiled.set(text, compiled)
    return compiled.script
  }

  keepOnly(texts: ReadonlySet<string>): void {
    if (!this.isSound)
      return
    for (const [text, { handle }] of this.#compiled) {
      if (texts.has(text))
        continue
      this.#compiled.delete(text)
      handle?.dispose()
    }
    this.#image.take()
  }

  #compileNew(text: string): Compiled {
    const big = bigNumber.exec(text)
    if (big !== null)
      return { script: refusedScript(`BigInt is taken away, so ${big[0]} has to be a plain number`, text.slice(0, big.index).split('\n').length), handle: undefined }
    const kept: QuickJSHandle[] = []
    const made = this.#guard(() => {
      const result = this.#context.evalCode(before + text + after, scriptFile)
      if (result.error)
        return this.#refused(result.error)
      kept.push(result.value)
      return this.#ask(this.#find, [result.value])
    }, () => this.#image.take())
    const [handle] = kept
    const refused = !made.ok ? made : made.text === 'n' ? { problem: 'it has to define the function value', line: undefined } : null
    if (refused !== null || handle === undefined) {
      const { problem, line } = refused ?? { problem: 'it does not compile', line: undefined }
      return { script: refusedScript(problem, line), handle: undefined }
    }
    return { script: this.#scriptOf(handle), handle }
  }

  #scriptOf(handle: QuickJSHandle): ValueScript {
    let runaways = 0
    let givenUp: string | undefined
    const call = (call: ValueCall): ValueAnswer => {
      if (givenUp !== undefined || !this.isSound)
        return { kind: 'failed', problem: givenUp ?? broken, line: undefined }
      this.#random = call.random
      const outcome = this.#guard(() => this.#context.newString(`[${call.about},${call.state}]`).consume(given => this.#ask(this.#invoke, [handle, given])))
      if (this.#stopwatch() > this.#deadline)
        givenUp = `it took more than ${valueScriptLimits.runMsMax / 1000} s for one value; ${notAgain}`
      if (outcome.ok) {
        runaways = 0
        return read(outcome.text)
      }
      // A fleet with thousands of devices would do nothing else than run into the limit.
      if (this.#hasRunAway() || costly.test(outcome.problem))
        runaways++
      if (runaways >= valueScriptLimits.runawaysMax)
        givenUp = `${outcome.problem}; ${notAgain}`
      return { kind: 'failed', problem: outcome.problem, line: outcome.line }
    }
    return { problem: null, call }
  }

  /** Calls a function of the prelude's, which answers a letter and a text. */
  #ask(part: QuickJSHandle, args: QuickJSHandle[]): Outcome {
    const context = this.#context
    const result = context.callFunction(part, context.undefined, ...args)
    if (result.error)
      return this.#refused(result.error)
    const text = context.getString(result.value)
    result.value.dispose()
    return text[0] === 'e' ? thrown(text.slice(1)) : { ok: true, text }
  }

  #hasRunAway(): boolean {
    return this.#interrupts > valueScriptLimits.interruptsMax || this.#stopwatch() > this.#deadline
  }

  /** What the engine itself threw: an interrupt, which no script can catch, a text that does not compile, or no memory left for either. */
  #refused(error: QuickJSHandle): Outcome {
    if (this.#hasRunAway())
      return { ok: false, problem: 'it does not come to an end (look for an endless loop)', line: undefined }
    const described = this.#context.callFunction(this.#describe, this.#context.undefined, error)
    return described.error ? { ok: false, problem: 'it needs more memory than there is', line: undefined } : thrown(this.#context.getString(described.value))
  }

  /** Bounds a piece of work and puts the memory back after one that failed, so that nothing of it is left. */
  #guard(work: () => Outcome, onGood: () => void = () => {}): Outcome {
    this.#interrupts = 0
    this.#deadline = this.#stopwatch() + valueScriptLimits.runMsMax
    let outcome: Outcome
    try {
      outcome = work()
      if (outcome.ok && this.#runtime.hasPendingJob())
        outcome = { ok: false, problem: 'it waits for something (async), and a value has to be there at once', line: undefined }
    }
    catch {
      // WebAssembly's own stack is in disorder now, and nothing puts that back.
      this.isSound = false
      return { ok: false, problem: 'its calls are nested too deeply', line: undefined }
    }
    if (outcome.ok)
      onGood()
    else
      this.#image.restore()
    return outcome
  }
}

function refusedScript(problem: string, line: number | undefined): ValueScript {
  return { problem: { problem, line }, call: () => ({ kind: 'failed', problem, line }) }
}

function read(text: string): ValueAnswer {
  const end = text[0] === 'v' ? text.indexOf('\n') : 0
  const value = text.slice(1, Math.max(1, end))
  const state = text.slice(end + 1)
  if (value.length > valueScriptLimits.valueCharsMax)
    return { kind: 'failed', problem: `its value is longer than ${valueScriptLimits.valueCharsMax} characters as JSON`, line: undefined }
  if (state.length * 3 > valueScriptLimits.stateBytesMax && Buffer.byteLength(state) > valueScriptLimits.stateBytesMax)
    return { kind: 'failed', problem: `its state takes more than ${valueScriptLimits.stateBytesMax} bytes as JSON`, line: undefined }
  return text[0] === 'v' ? { kind: 'value', value, state } : { kind: 'nothing', state }
}

/** A thrown value, as the prelude wrote it, with the first line of the user's text in its stack. */
function thrown(json: string): Outcome {
  const { name, message, stack } = JSON.parse(json) as { name: string, message: string, stack: string }
  const line = /script\.js:(\d+)/.exec(stack)?.[1]
  return { ok: false, problem: `${name === '' ? '' : `${name}: `}${message.slice(0, valueScriptLimits.messageCharsMax)}`, line: line === undefined ? undefined : Number(line) }
}
