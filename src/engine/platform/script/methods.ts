import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Parsing } from './parsing.ts'
import type { ProductScripts } from './product-scripts.ts'
import { AppError } from '../../../shared/errors.ts'
import { locateJsonError } from '../../../shared/thing-model/json-error.ts'
import { sampleScript } from '../../../shared/thing-model/sample-script.ts'

export interface ScriptMethodContext {
  scripts: ProductScripts
  parsing: Parsing
  now: () => number
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => { dataFormat: 'alink' | 'raw', model: ThingModel | null }
}

export type ScriptMethod = 'script.get' | 'script.sample' | 'script.save' | 'script.submit' | 'script.test'

/** What the console and the command line can do with parsing scripts (Alink 5.8, platform rule ERR-9). */
export function scriptMethodHandlers({ scripts, parsing, now, requireProduct }: ScriptMethodContext): Pick<EngineApi['methods'], ScriptMethod> {
  const requireRaw = (productKey: string): void => {
    if (requireProduct(productKey).dataFormat !== 'raw')
      throw new AppError('input/invalid', `Product ${productKey} has the data format Alink, whose messages need no script: make a product with a custom data format.`, { productKey, dataFormat: 'alink' })
  }
  return {
    'script.get': ({ productKey }) => {
      requireProduct(productKey)
      return scripts.of(productKey)
    },
    'script.sample': ({ productKey }) => ({ text: sampleScript(requireProduct(productKey).model) }),
    'script.save': async ({ productKey, text }) => {
      requireRaw(productKey)
      await scripts.saveDraft(productKey, text, now())
      return scripts.of(productKey)
    },
    'script.submit': async ({ productKey, text }) => {
      requireRaw(productKey)
      const submitted = text ?? scripts.of(productKey).draft?.text
      if (submitted === undefined)
        throw new AppError('input/invalid', `Product ${productKey} has no draft to submit: save one first, or give the text.`, { productKey })
      await scripts.submit(productKey, submitted, now())
      return scripts.of(productKey)
    },
    'script.test': async ({ productKey, text, input }) => {
      requireRaw(productKey)
      const { draft, submitted } = scripts.of(productKey)
      const tested = text ?? draft?.text ?? submitted?.text
      if (tested === undefined)
        throw new AppError('input/invalid', `Product ${productKey} has no script to test yet: give the text.`, { productKey, platformCode: 6200 })
      if ('json' in input)
        refuseBadJson(input.json)
      return parsing.test(productKey, tested, input)
    },
  }
}

function refuseBadJson(json: string): void {
  try {
    JSON.parse(json)
  }
  catch {
    const error = locateJsonError(json)
    throw new AppError('input/invalid', `input.json: ${error === null ? 'it cannot be read as JSON' : `line ${error.line}, column ${error.column}: expected ${error.expected}, got ${error.got}`}.`, { field: 'input.json' })
  }
}
