import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { ReplyVerdict } from '../../../shared/thing-model/judge-reply.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { shortenName, toSnippet } from '../../../shared/thing-model/issue.ts'
import { judgeReply } from '../../../shared/thing-model/judge-reply.ts'
import { digitsIn, keepDigitsOf } from '../../../shared/thing-model/keep-digits.ts'
import { validateServiceInput, validateServiceOutput } from '../../../shared/thing-model/validate.ts'

/**
 * What is wrong with a call before it is sent: 6206 when the product has no thing model at all, 5490 and 5094 for an
 * unknown module and service, 6302 for a missing parameter, and the codes of the values (Alink 5.6 and 5.9).
 */
export function checkCall(model: CompiledModel | null, service: string, input: JsonObject): ValidationIssue[] {
  return model === null
    ? [{ code: 6206, path: shortenName(service), rule: 'unknown-service', expected: '', got: '' }]
    : validateServiceInput(model, service, input)
}

/** Judges what a device answered; data that is no object is 6207, and each output parameter has its own code. */
export function judgeServiceReply(model: CompiledModel | null, service: string, text: string): ReplyVerdict {
  return judgeReply(text, data => checkOutput(model, service, data, text))
}

function checkOutput(model: CompiledModel | null, service: string, data: JsonValue, text: string): ValidationIssue[] {
  if (!isJsonObject(data))
    return [{ code: 6207, path: 'data', rule: 'type', expected: 'struct', got: toSnippet(data) }]
  // The model may have changed since the call.
  const compiled = model?.services.get(service)
  if (model === null || compiled === undefined)
    return []
  keepDigitsOf(compiled.output.parameters, data, digitsIn(text), ['data'])
  return validateServiceOutput(model, service, data)
}
