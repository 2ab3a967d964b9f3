import { z } from 'zod'
import { networkSchema, weatherNames } from '../contract/fleet-network.ts'
import { durationForm, durationWords, formatDuration, readDuration, readShare, readSize, shareForm, shareWords, sizeForm, sizeWords } from './quantities.ts'

/** What a product or a group is called within its scenario. */
export const nameSchema = z.string().regex(/^[A-Z0-9][\w-]{0,23}$/i, 'expected a name of 1 to 24 letters, digits, hyphens or underscores')

/** The name of something that is said elsewhere in the file. */
export function name(what: 'product' | 'group'): z.ZodString {
  return z.string({ error: `expected the name of a ${what}` }).min(1, `expected the name of a ${what}`)
}

/** A duration between two bounds, in milliseconds once it is read. */
export function duration(minMs: number, maxMs: number) {
  return z.string({ error: durationWords }).regex(durationForm, durationWords).transform((text, context) => {
    const ms = readDuration(text) ?? 0
    if (ms < minMs || ms > maxMs)
      context.addIssue(`expected a duration from ${minMs === 0 ? '0s' : formatDuration(minMs)} to ${formatDuration(maxMs)}`)
    return ms
  })
}

/** A share such as `5%`, a part of 1 once it is read; more than nothing. */
export const share = z.string({ error: shareWords }).regex(shareForm, shareWords).transform((text, context) => {
  const part = readShare(text) ?? 0
  if (part === 0)
    context.addIssue('expected more than 0%')
  return part
})

/** A size such as `64kB`, bytes once it is read. */
export function size(maxBytes: number) {
  return z.string({ error: sizeWords }).regex(sizeForm, sizeWords).transform((text, context) => {
    const bytes = readSize(text) ?? 0
    if (bytes < 1 || bytes > maxBytes)
      context.addIssue(`expected a size from 1B to ${maxBytes / 1024 / 1024}MB`)
    return bytes
  })
}

/** The network between the devices of a group and the platform: a named one, or the fleet's own words for it. */
export const networkWords = z.union([z.enum(weatherNames), networkSchema])
