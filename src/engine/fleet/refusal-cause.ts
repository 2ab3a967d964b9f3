import { methodOfTopic } from '../../shared/alink/topic.ts'

/** Why a reply of the platform is none that a device wants, in words that are the same for the same cause. */
export function refusalCause(topic: string, code: number): string {
  const what = topic.endsWith('/property/post_reply') ? 'report' : methodOfTopic(topic) || topic.replace(/.*\//, '').replace(/_reply$/, '')
  return Number.isNaN(code) ? 'the platform sent a reply without a code' : `${what} refused by the platform: code ${code}`
}
