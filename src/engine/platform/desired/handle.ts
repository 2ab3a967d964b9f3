import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice, FeatureHandlers } from '../feature.ts'
import type { DesiredValues } from './desired-values.ts'
import { desiredData, parseDesiredDelete, parseDesiredGet } from '../../../shared/alink/desired.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { answerRequest } from '../answer-request.ts'

export interface DesiredContext {
  values: DesiredValues
  applyLimits: () => boolean
}

/** A device asks for its desired values and deletes those it has made true (Alink 5.5). */
export function desiredHandlers({ values, applyLimits }: DesiredContext): FeatureHandlers {
  const limitOf = (names: number): ValidationIssue | undefined => applyLimits() && names > limits.desiredPerRequestMax
    ? { code: 6104, path: '', rule: 'too-many-names', expected: String(limits.desiredPerRequestMax), got: String(names) }
    : undefined

  const get = ({ deviceId }: FeatureDevice, { params }: AlinkRequest): RequestVerdict => {
    const names = parseDesiredGet(params)
    const issue = names === undefined ? badForm('"params" to be a list of identifiers', params) : limitOf(names.length)
    if (names === undefined || issue !== undefined)
      return { issue: issue! }
    const known = names.flatMap((name) => {
      const desired = values.get(deviceId, name)
      return desired === undefined || desired.value === null ? [] : [[name, desired] as [string, typeof desired]]
    })
    return { data: desiredData(known) }
  }

  const remove = ({ deviceId }: FeatureDevice, { params }: AlinkRequest, at: number): RequestVerdict => {
    const deletions = parseDesiredDelete(params)
    const issue = deletions === undefined ? badForm('"params" to be an object of identifiers, each with {} or {"version":3}', params) : limitOf(deletions.length)
    if (deletions === undefined || issue !== undefined)
      return { issue: issue! }
    return { statements: deletions.flatMap(({ identifier, version }) => values.delete(deviceId, identifier, version, at) ?? []) }
  }

  return {
    'desired.get': message => answerRequest(message, request => get(message.device, request)),
    'desired.delete': message => answerRequest(message, request => remove(message.device, request, message.receivedAt)),
  }
}

function badForm(expected: string, params: AlinkRequest['params']): ValidationIssue {
  return { code: 460, path: '', rule: 'bad-form', expected, got: toSnippet(params) }
}
