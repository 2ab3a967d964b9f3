import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { TagProblem } from '../../../shared/alink/tag.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice } from '../feature.ts'
import type { DeviceTags } from './device-tags.ts'
import { parseTagDelete, parseTagGet, parseTagUpdate, tagData } from '../../../shared/alink/tag.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { findCloudFaults, findFault } from './rules.ts'

/** A device sets tags of its own; the others stay (Alink 7.1). */
export function updateTags(tags: DeviceTags, { deviceId }: FeatureDevice, { params }: AlinkRequest, at: number, applyLimits: boolean): RequestVerdict {
  const wanted = parseTagUpdate(params)
  if (!Array.isArray(wanted))
    return refuse(wanted)
  const counts = tags.countWith(deviceId, wanted)
  const faults = findCloudFaults(wanted, counts)
  const issue = findFault(wanted, counts) ?? (applyLimits ? faults[0] : undefined)
  return issue === undefined
    ? { notices: faults.map(fault => ({ ...fault, code: 200 })), statements: tags.set(deviceId, wanted, at) }
    : { issue }
}

/** A device deletes tags of its own; keys that it has not are passed over. */
export function deleteTags(tags: DeviceTags, { deviceId }: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const wanted = parseTagDelete(params)
  return Array.isArray(wanted) ? { statements: tags.delete(deviceId, wanted) } : refuse(wanted)
}

/** A device asks for its tags: for all that are the user's, or for some by their keys. */
export function getTags(tags: DeviceTags, { deviceId }: FeatureDevice, { params }: AlinkRequest): RequestVerdict {
  const keys = parseTagGet(params)
  if (keys !== null && !Array.isArray(keys))
    return refuse(keys)
  return { data: tagData(tags.of(deviceId).filter(({ key, domain }) => keys === null ? domain === 'USER' : keys.includes(key))) }
}

function refuse({ expected, got }: TagProblem): RequestVerdict {
  return { issue: { code: 460, path: '', rule: 'bad-form', expected, got: toSnippet(got) } }
}
