import type { ProductScript, ScriptFunction, ScriptTest } from '../../../shared/contract/script.ts'
import type { ScriptRunner } from '../../script/types.ts'
import type { Made, ParsedMessage } from './rules.ts'
import { scriptFunctions } from '../../../shared/contract/script.ts'
import { readBytes, readMessage, submittedText } from './rules.ts'

export interface ParsingContext {
  runner: Pick<ScriptRunner, 'run'>
  scriptOf: (productKey: string) => ProductScript
  /** Epoch milliseconds. */
  now: () => number
}

/** What the bytes that are put into a test are. */
export type TestInput = { hex: string } | { json: string }

/** Runs the parsing scripts of products: bytes to Alink and back. The messages of a product are parsed in their order. */
export interface Parsing {
  /** `rawDataToProtocol`: what the bytes of a device mean. */
  read: (productKey: string, bytes: Uint8Array) => Promise<Made<ParsedMessage>>
  /** `protocolToRawData`: the bytes that say what an Alink message says, which is given as JSON text. */
  write: (productKey: string, json: string) => Promise<Made<Uint8Array>>
  /** Runs a text as live traffic would, and tells all about it. */
  test: (productKey: string, text: string, input: TestInput) => Promise<ScriptTest>
}

/** Parses with the scripts that `scriptOf` gives; what comes to nothing is a problem with its code and never an exception. */
export function createParsing({ runner, scriptOf, now }: ParsingContext): Parsing {
  const run = (scriptId: string, text: string, functionName: ScriptFunction, arg: string, keepLogs: boolean): ReturnType<ScriptRunner['run']> =>
    runner.run({ scriptId, text, functionName, args: [arg], now: now(), requires: scriptFunctions, keepLogs })
  const runLive = async <Value>(productKey: string, functionName: ScriptFunction, arg: string, readRun: (result: Awaited<ReturnType<typeof run>>) => Made<Value>): Promise<Made<Value>> => {
    const { value: text, problem } = submittedText(productKey, scriptOf(productKey))
    return text === null ? { value: null, problem } : readRun(await run(productKey, text, functionName, arg, false))
  }
  return {
    read: (productKey, bytes) => runLive(productKey, 'rawDataToProtocol', listOf(bytes), readMessage),
    write: (productKey, json) => runLive(productKey, 'protocolToRawData', json, readBytes),
    test: async (productKey, text, input) => {
      const scriptId = `test of ${productKey}`
      if ('hex' in input) {
        const bytes = Buffer.from(input.hex.replace(/^0x|\s/gi, ''), 'hex')
        const result = await run(scriptId, text, 'rawDataToProtocol', listOf(bytes), true)
        const { value, problem } = readMessage(result)
        return { json: value?.text ?? null, hex: null, problem, logs: result.logs, elapsedMs: result.elapsedMs }
      }
      const result = await run(scriptId, text, 'protocolToRawData', input.json, true)
      const { value, problem } = readBytes(result)
      return { json: null, hex: value === null ? null : Buffer.from(value).toString('hex'), problem, logs: result.logs, elapsedMs: result.elapsedMs }
    },
  }
}

/** Bytes as scripts get them: a plain list of numbers from 0 to 255. */
function listOf(bytes: Uint8Array): string {
  return `[${bytes.join(',')}]`
}
