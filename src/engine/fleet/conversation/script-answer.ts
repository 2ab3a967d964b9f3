import type { JsonObject } from '../../../shared/json.ts'
import type { ScriptRun } from '../../script/types.ts'
import type { Wish } from './command.ts'
import { isJsonObject } from '../../../shared/json.ts'

/** The function that a script has to define. */
export const scriptFunction = 'onCommand'
/** A device's own word for trouble of its own (Alink 5.2). */
const internalError = 400
const delayMsMax = 600_000

/** What a script makes of a command. */
export interface ScriptAnswer {
  code: number
  data: JsonObject
  delayMs: number
  /** Properties that change by it. */
  set: JsonObject
}

/** What a script is told, as JSON text. */
export function scriptArgument(deviceName: string, wish: Exclude<Wish, { kind: 'raw' }>, values: JsonObject): string {
  return JSON.stringify({ deviceName, kind: wish.kind, service: wish.kind === 'service' ? wish.key : '', params: wish.params ?? {}, values })
}

/**
 * Reads what a script said; undefined when it wants the device to stay silent. A script that fails, or says something of
 * another form, answers with 400, and `problem` says why.
 */
export function readScriptAnswer({ value, problem }: Pick<ScriptRun, 'value' | 'problem'>, wish: Exclude<Wish, { kind: 'raw' }>): { answer?: ScriptAnswer, problem?: string } {
  const failed = { code: internalError, data: {}, delayMs: 0, set: {} }
  if (problem !== null)
    return { answer: failed, problem: problem.message }
  if (value === null)
    return {}
  const said: unknown = JSON.parse(value)
  if (!isJsonObject(said))
    return { answer: failed, problem: `${scriptFunction} has to return an object such as {"code":200,"data":{}}, or nothing.` }
  const { code = 200, data = {}, delayMs = 0, set = code === 200 && wish.kind === 'set' ? wish.params ?? {} : {} } = said
  if (!Number.isSafeInteger(code) || !isJsonObject(data) || typeof delayMs !== 'number' || !isJsonObject(set))
    return { answer: failed, problem: `${scriptFunction} has to return "code" as a whole number, "data" and "set" as objects and "delayMs" as a number.` }
  return { answer: { code: code as number, data, delayMs: Math.min(delayMsMax, Math.max(0, delayMs)), set } }
}
