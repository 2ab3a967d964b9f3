import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'

export const nameFaults = ['malformed', 'unknown', 'otherProduct', 'repeated'] as const
/** Why a name cannot be taken: its form is wrong, no device has it, only one of another product has it, or it was there before. */
export type NameFault = (typeof nameFaults)[number]

/** A line of a list that names no device of the product. */
export interface InvalidName {
  /** The first one is 1. */
  line: number
  /** Cut to what a name may have, and a little more. */
  name: string
  fault: NameFault
}

/** How far a list of device names is, and what is right and wrong in it. */
export interface NameCheck {
  namesId: string
  productKey: string
  /** Bytes that have come in. */
  received: number
  /** Devices that it names. */
  valid: number
  invalid: Record<NameFault, number>
  /** The first of the invalid ones. */
  sample: InvalidName[]
}

const namesId = z.string().regex(/^[\da-f]{16}$/, 'expected 16 hex digits')

export const batchNameMethods = {
  'batchNames.begin': method({
    about: 'Begins to take a list of device names for a batch of updates, as CSV or one name a line; it is kept until a batch was made of it, or for an hour.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<NameCheck>(),
  }),
  'batchNames.part': method({
    about: 'Takes the next bytes of a list of device names, in UTF-8, and checks them.',
    input: z.strictObject({
      namesId,
      /** Bytes that have come before these. */
      offset: z.int().min(0),
      bytes: z.instanceof(Uint8Array).refine(bytes => bytes.length <= limits.namesPartBytesMax, `expected at most ${limits.namesPartBytesMax} bytes`),
    }),
    output: type<NameCheck>(),
  }),
  'batchNames.end': method({
    about: 'Says that a list of device names has come in whole.',
    input: z.strictObject({ namesId }),
    output: type<NameCheck>(),
  }),
  'batchNames.invalid': method({
    about: 'The lines of a list that name no device of the product, a page at a time.',
    input: z.strictObject({ namesId, offset: z.int().min(0).default(0), limit: z.int().min(1).max(20_000).default(1_000) }),
    output: type<{ names: InvalidName[], total: number }>(),
  }),
  'batchNames.drop': method({
    about: 'Lets go of a list of device names.',
    input: z.strictObject({ namesId }),
    output: type<null>(),
  }),
}
