import type { ApiClient } from '../shared/contract/contract.ts'
import type { ProductScript, ScriptTest } from '../shared/contract/script.ts'
import type { Output } from './output.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { command } from './command.ts'
import { anyText, flag, jsonOption, optional } from './option.ts'
import { readTextFile } from './read-text-file.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

interface Wish {
  productKey: string
  /** Text of the file that was named. */
  text: string | undefined
  hex: string | undefined
  alink: string | undefined
  sample: boolean
  json: boolean
}

type Action = (client: ApiClient, wish: Wish, output: Output) => Promise<number>

const actions: Record<string, Action> = {
  get: async (client, { productKey, sample, json }, output) => {
    if (sample) {
      const { text } = await client.call('script.sample', { productKey })
      if (json)
        output.json({ text })
      else
        output.line(text)
      return 0
    }
    const script = await client.call('script.get', { productKey })
    if (!json)
      return printText(script, productKey, output)
    output.json({ ...script })
    return 0
  },
  save: async (client, { productKey, text, json }, output) => {
    if (text === undefined)
      throw new AppError('input/invalid', 'product script save: name the FILE with the script.', { field: 'FILE' })
    return report(await client.call('script.save', { productKey, text }), `Saved a draft of the script of product ${productKey}; submit it to let devices use it.`, json, output)
  },
  submit: async (client, { productKey, text, json }, output) => {
    const script = await client.call('script.submit', { productKey, ...(text !== undefined && { text }) })
    return report(script, `Version ${script.submitted!.version} of the script of product ${productKey} runs for its devices now.`, json, output)
  },
  test: async (client, { productKey, text, hex, alink, json }, output) => {
    if ((hex === undefined) === (alink === undefined))
      throw new AppError('input/invalid', 'product script test: give either --hex with bytes of a device or --alink with a message of the platform.', {})
    const test = await client.call('script.test', { productKey, ...(text !== undefined && { text }), input: hex === undefined ? { json: alink! } : { hex } })
    return printTest(test, json, output)
  },
}

/** `thingbench product script ACTION PK [FILE]`: the parsing script of a product with a custom data format. */
export const productScript = command({
  path: ['product', 'script'],
  about: 'Show, save, submit or test the script that parses the bytes of a product with a custom data format.',
  positionals: [
    { name: 'ACTION', about: 'get: print it; save: keep FILE as a draft; submit: let devices use FILE, or the draft; test: run FILE, the draft, or what was submitted.' },
    { name: 'PRODUCT_KEY', about: 'The product, as product list shows it.' },
    { name: 'FILE', about: 'JavaScript with the functions rawDataToProtocol and protocolToRawData.', optional: true },
  ],
  options: {
    hex: optional(anyText, { about: 'test: bytes of a device, as hex digits.', placeholder: 'HEX' }),
    alink: optional(anyText, { about: 'test: an Alink message of the platform, as JSON.', placeholder: 'JSON' }),
    sample: flag('get: print a script that fits the thing model instead, to begin with.'),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench product script get a1Probe --sample > probe.js',
    'thingbench product script test a1Probe probe.js --hex 000000002a0000000050',
    'thingbench product script submit a1Probe probe.js',
  ],
  async run({ hex, alink, sample, workspace, json }, [word = '', productKey = '', file], output) {
    if (!Object.hasOwn(actions, word))
      throw new AppError('input/invalid', `product script: expected get, save, submit or test, got ${word}.`, { field: 'ACTION', got: word })
    // A file that is too long is refused by the engine, with its limit.
    const text = file === undefined ? undefined : await readTextFile(file, 2 * limits.scriptBytesMax)
    return withWorkspace({ workspace }, client => actions[word]!(client, { productKey, text, hex, alink, sample, json }, output))
  },
})

function printText({ draft, submitted }: ProductScript, productKey: string, output: Output): number {
  const shown = draft ?? submitted
  if (shown === null) {
    output.note(`Product ${productKey} has no script yet.`)
    return 1
  }
  output.note(draft === null ? `Version ${submitted!.version}, which runs for devices.` : `A draft; ${submitted === null ? 'nothing' : `version ${submitted.version}`} runs for devices.`)
  output.line(shown.text)
  return 0
}

function report(script: ProductScript, sentence: string, json: boolean, output: Output): number {
  if (json)
    output.json({ draft: script.draft !== null, version: script.submitted?.version ?? 0 })
  else
    output.line(sentence)
  return 0
}

/** Prints what a test came to; a problem is a failure of the program that asked. */
function printTest(test: ScriptTest, json: boolean, output: Output): number {
  const { json: message, hex, problem, logs } = test
  if (json) {
    output.json({ ...test, problem: problem === null ? null : { ...problem } })
    return problem === null ? 0 : 1
  }
  for (const { level, text } of logs)
    output.note(`${level}: ${text}`)
  if (problem !== null) {
    output.note(problem.message)
    return 1
  }
  output.line(message ?? hex ?? '')
  return 0
}
