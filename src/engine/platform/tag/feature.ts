import type { FeatureHandlers } from '../feature.ts'
import type { DeviceTags } from './device-tags.ts'
import { answerRequest } from '../answer-request.ts'
import { deleteTags, getTags, updateTags } from './handle.ts'

export interface TagContext {
  tags: DeviceTags
  applyLimits: () => boolean
}

/** Devices set, delete and read their tags (Alink 7.1). */
export function tagHandlers({ tags, applyLimits }: TagContext): FeatureHandlers {
  return {
    'tag.update': message => answerRequest(message, request => updateTags(tags, message.device, request, message.receivedAt, applyLimits())),
    'tag.delete': message => answerRequest(message, request => deleteTags(tags, message.device, request)),
    'tag.get': message => answerRequest(message, request => getTags(tags, message.device, request)),
  }
}
