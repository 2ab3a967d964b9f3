import type { JsonValue } from '../json.ts'
import type { ValidationIssue } from './issue.ts'
import { textOfCode } from '../alink/codes.ts'
import { parseReply } from '../alink/envelope.ts'
import { explainIssues } from './explain.ts'
import { toSnippet } from './issue.ts'

/** What a device's answer to a command is worth. */
export interface ReplyVerdict {
  /** The device's own code unless it is 200 and the platform finds something wrong with the data. */
  code: number
  /** `success`, or what is wrong in a sentence. */
  message: string
  /** What the device returned; null when nothing readable came. */
  data: JsonValue
  /** Where the data breaks the thing model. */
  issues: readonly ValidationIssue[]
}

/**
 * Judges a device's answer to a set or a service call (Alink 5.2 and 5.6): 6207 when it is no Alink reply, the device's
 * code when it refuses, otherwise what `check` finds in its data. A reply without data counts as one with empty data.
 */
export function judgeReply(text: string, check: (data: JsonValue) => readonly ValidationIssue[]): ReplyVerdict {
  const reply = parseReply(text)
  if (reply === undefined)
    return { code: 6207, message: `The answer is not JSON with a "code": got ${toSnippet(text)} (6207).`, data: null, issues: [] }
  const { code, data = {} } = reply
  if (code !== 200)
    return { code, message: `The device answered code ${code}: ${reply.message ?? textOfCode(code)}.`, data, issues: [] }
  const issues = check(data)
  return { code: issues[0]?.code ?? 200, message: issues.length === 0 ? 'success' : explainIssues(issues), data, issues }
}
