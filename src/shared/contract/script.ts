import { z } from 'zod'
import { isLongerThan } from '../alink/utf8.ts'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** The two functions that a parsing script has to define (Alink 5.8). */
export const scriptFunctions = ['rawDataToProtocol', 'protocolToRawData'] as const
export type ScriptFunction = (typeof scriptFunctions)[number]

/** The script that turns the bytes of a product's devices into Alink and back. */
export interface ProductScript {
  /** What was saved and not submitted yet; it runs nothing but tests. */
  draft: { text: string, at: number } | null
  /** What runs for devices; its version grows by one each time. */
  submitted: { text: string, at: number, version: number } | null
}

/** Why a script came to nothing, in a code of the platform (6200, 6201, 26001 to 26015) and a sentence. */
export interface ScriptProblem {
  code: number
  message: string
  /** Where in the text, from 1; left out when no place is to blame. */
  line?: number
  column?: number
}

export interface ScriptTest {
  /** What `rawDataToProtocol` made of the bytes, as JSON text; null otherwise. */
  json: string | null
  /** What `protocolToRawData` made of the JSON, as hex digits; null otherwise. */
  hex: string | null
  problem: ScriptProblem | null
  /** What the script wrote with `console`. */
  logs: { level: string, text: string }[]
  /** Time in the sandbox. */
  elapsedMs: number
}

const text = z.string().refine(value => !isLongerThan(value, limits.scriptBytesMax), `expected at most ${limits.scriptBytesMax} bytes of script`)

export const scriptMethods = {
  'script.get': method({
    about: 'The parsing script of a product with a custom data format.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<ProductScript>(),
  }),
  'script.sample': method({
    about: 'A script that fits the thing model of a product, to begin with.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<{ text: string }>(),
  }),
  'script.save': method({
    about: 'Saves a draft of the parsing script; devices go on with the one that was submitted.',
    input: z.strictObject({ productKey: productKeySchema, text }),
    output: type<ProductScript>(),
  }),
  'script.submit': method({
    about: 'Makes a text, or the saved draft, the script that runs for the devices of the product.',
    input: z.strictObject({ productKey: productKeySchema, text: text.optional() }),
    output: type<ProductScript>(),
  }),
  'script.test': method({
    about: 'Runs a direction of a parsing script in the sandbox of live traffic: a text, the draft, or what was submitted.',
    input: z.strictObject({
      productKey: productKeySchema,
      text: text.optional(),
      input: z.union([
        /** For `rawDataToProtocol`: bytes as pairs of hex digits; blanks between them are passed over. */
        z.strictObject({ hex: z.string().max(3 * limits.payloadBytesMax).regex(/^(?:0x)?\s*(?:[0-9a-f]{2}\s*)*$/i, 'expected bytes as pairs of hex digits') }),
        /** For `protocolToRawData`: JSON text. */
        z.strictObject({ json: z.string().max(limits.payloadBytesMax) }),
      ]),
    }),
    output: type<ScriptTest>(),
  }),
}
