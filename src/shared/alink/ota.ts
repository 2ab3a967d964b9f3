import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** The module that a version report without one speaks of: the firmware of the device itself (Alink 8.1). */
export const defaultModule = 'default'

/** A version that a device reports of one of its modules. */
export interface VersionReport { version: string, module: string }

/** How far an update has come: 1 to 100 percent, or −1 to −4 for the ways in which it can fail (Alink 8.5). */
export interface ProgressReport { step: number, desc: string, module: string }

/** What is wrong with a message about updates: what was expected, and what came. */
export interface OtaProblem { expected: string, got: JsonValue | undefined }

const word = /^[\w.-]{1,64}$/
const stepText = /^-?\d{1,3}$/
const descCharsMax = 128

/** The `params` of `/ota/device/inform` (Alink 8.1), and of a request on `/ota/device/request` (8.4). Never throws. */
export function parseVersionReport(params: JsonValue | undefined): VersionReport | OtaProblem {
  if (!isJsonObject(params))
    return { expected: '"params" to be an object with "version"', got: params }
  const { version } = params
  if (typeof version !== 'string' || !word.test(version))
    return { expected: '"version" of 1 to 64 letters, digits, ".", "_" or "-"', got: version }
  const module = parseModule(params)
  return typeof module === 'string' ? { version, module } : module
}

/** The `params` of `/ota/device/progress` (Alink 8.5). Never throws. */
export function parseProgress(params: JsonValue | undefined): ProgressReport | OtaProblem {
  if (!isJsonObject(params))
    return { expected: '"params" to be an object with "step"', got: params }
  const { step, desc = '' } = params
  const value = typeof step === 'number' || (typeof step === 'string' && stepText.test(step)) ? Number(step) : Number.NaN
  if (!Number.isInteger(value) || value < -4 || value > 100 || value === 0)
    return { expected: '"step" of "1" to "100", or "-1" to "-4" for a failure', got: step }
  if (typeof desc !== 'string' || desc.length > descCharsMax)
    return { expected: `"desc" to be a text of at most ${descCharsMax} characters`, got: desc }
  const module = parseModule(params)
  return typeof module === 'string' ? { step: value, desc, module } : module
}

/** The module that a device asks for an update of, in the `params` of `thing/ota/firmware/get` (Alink 8.4). Never throws. */
export function parseFirmwareGet(params: JsonValue | undefined): { module: string } | OtaProblem {
  if (!isJsonObject(params))
    return { expected: '"params" to be an object, with "module" or empty', got: params }
  const module = parseModule(params)
  return typeof module === 'string' ? { module } : module
}

function parseModule({ module }: JsonObject): string | OtaProblem {
  if (module === undefined || module === '')
    return defaultModule
  return typeof module === 'string' && word.test(module) ? module : { expected: '"module" of 1 to 64 letters, digits, ".", "_" or "-"', got: module }
}
