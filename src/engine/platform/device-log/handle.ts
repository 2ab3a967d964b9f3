import type { LogLine } from '../../../shared/alink/device-log.ts'
import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { RequestVerdict } from '../answer-request.ts'
import { logSwitchData, parseLogPost } from '../../../shared/alink/device-log.ts'
import { isLongerThan, utf8Length } from '../../../shared/alink/utf8.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

/** What becomes of a log report. */
export interface LogOutcome extends RequestVerdict { lines: readonly LogLine[] }

/**
 * Judges a log report (Alink 7.3). While the device's switch is off, the lines are dropped and the device is answered 200
 * all the same, because it cannot help it; the trace says so (platform rule DLG-10). More than 40 lines, or a line of more
 * than 4,096 bytes, is refused only while the cloud's limits are applied. Pure.
 */
export function handleLogPost({ params }: AlinkRequest, isOn: boolean, applyLimits: boolean): LogOutcome {
  const lines = parseLogPost(params)
  if (!Array.isArray(lines))
    return { lines: [], issue: { code: 460, path: '', rule: 'bad-form', expected: lines.expected, got: toSnippet(lines.got) } }
  const excess = findExcess(lines)
  if (excess !== null && applyLimits)
    return { lines: [], issue: excess }
  if (!isOn)
    return { lines: [], notices: [{ code: 200, path: '', rule: 'log-off', expected: '', got: String(lines.length) }] }
  return { lines, notices: excess === null ? [] : [{ ...excess, code: 200 }] }
}

function findExcess(lines: readonly LogLine[]): ValidationIssue | null {
  if (lines.length > limits.deviceLogLinesPerPostMax)
    return { code: 460, path: 'params', rule: 'cloud-rule', expected: `${limits.deviceLogLinesPerPostMax} lines in a report`, got: String(lines.length) }
  const index = lines.findIndex(({ content }) => isLongerThan(content, limits.deviceLogContentBytesMax))
  return index === -1
    ? null
    : { code: 460, path: `params[${index}].logContent`, rule: 'cloud-rule', expected: `${limits.deviceLogContentBytesMax} bytes`, got: `${utf8Length(lines[index]!.content)} bytes` }
}

/** Answers a device that asks whether it shall report its log (Alink 7.3), whatever it says about scope and type. Pure. */
export function handleLogConfigGet(isOn: boolean): RequestVerdict {
  return { data: logSwitchData(isOn) }
}
