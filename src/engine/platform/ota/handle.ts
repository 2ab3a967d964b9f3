import type { OtaProblem } from '../../../shared/alink/ota.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { Outcome, UpMessage } from '../feature.ts'
import type { OtaContext, OtaUpdates } from './types.ts'
import { parseRequest } from '../../../shared/alink/envelope.ts'
import { buildNoticeData, buildRequestedNotice } from '../../../shared/alink/ota-notice.ts'
import { parseFirmwareGet, parseProgress, parseVersionReport } from '../../../shared/alink/ota.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { answerRequest } from '../answer-request.ts'
import { upsertVersion } from './rows.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A message about updates that has not the documented form: 1004 in the log (platform rule OTA-118). */
function malformed({ expected, got }: OtaProblem): ValidationIssue {
  return { code: 1004, path: '', rule: 'bad-form', expected, got: toSnippet(got) }
}

/** A device tells the version of one of its modules; it is kept, updates go by it, and nothing is answered (Alink 8.1, trap T7). */
export function takeVersion(message: UpMessage, { onVersion, updates }: OtaContext): Outcome {
  const { report, issue } = read(message, parseVersionReport)
  if (report === undefined)
    return conclude(message, 'OTAVersionReport', { issue })
  const { device, receivedAt } = message
  const { module, version } = report
  onVersion(device.deviceId, { module, version, reportedAt: receivedAt })
  const note = updates.onVersion(device, report, receivedAt)
  return {
    ...conclude(message, 'OTAVersionReport', { isStored: true }),
    statements: [{ key: `version ${device.deviceId} ${module.toLowerCase()}`, statement: { statement: upsertVersion, params: [device.deviceId, module, version, receivedAt] } }],
    afterwards: (_journeyId, { rowId }) => note(rowId),
  }
}

/** A device tells how far an update has come; without a task there is nothing to note but the message itself; nothing is answered. */
export function takeProgress(message: UpMessage, updates: Pick<OtaUpdates, 'onProgress'>): Outcome {
  const { report, issue } = read(message, parseProgress)
  const outcome = conclude(message, 'OTAProgressReport', { issue })
  if (report === undefined)
    return outcome
  const note = updates.onProgress(message.device, report, message.receivedAt)
  return { ...outcome, afterwards: (_journeyId, { rowId }) => note(rowId) }
}

/** The old request for an update, answered on its own topic (Alink 8.4). */
export function takeUpgradeRequest(message: UpMessage, updates: Pick<OtaUpdates, 'onAsked'>): Outcome {
  const { idText, report, issue } = read(message, parseVersionReport)
  if (report === undefined)
    return conclude(message, 'OTAFirmwareRequest', { issue })
  const { content, note } = updates.onAsked(message.device, report.module)
  const { topic, payload } = buildRequestedNotice(message.device, content, idText)
  const outcome = conclude(message, 'OTAFirmwareRequest', { steps: [{ bizCode: 'downlink', operation: topic, code: 200 }] })
  return { ...outcome, replies: [{ topic, payload: Buffer.from(payload) }], afterwards: (_journeyId, { rowId }) => note(rowId) }
}

/** A device asks for the update of a module; `data` of the answer is empty when there is none (OTA-114). */
export function takeFirmwareGet(message: UpMessage, updates: Pick<OtaUpdates, 'onAsked'>): Outcome {
  return answerRequest(message, ({ params }) => {
    const wanted = parseFirmwareGet(params)
    if ('expected' in wanted)
      return { issue: malformed(wanted), replyCode: 460 }
    const { content, note } = updates.onAsked(message.device, wanted.module)
    return { data: content === null ? {} : buildNoticeData(content), afterwards: (_journeyId, { rowId }) => note(rowId) }
  }, { bizCode: 'OTA', operation: () => 'OTAFirmwareRequest' })
}

function read<Report extends object>({ payload }: UpMessage, parse: (params: JsonValue | undefined) => Report | OtaProblem): { idText: string, report?: Report, issue?: ValidationIssue } {
  const text = utf8.decode(payload)
  const { request } = parseRequest(text)
  if (request === undefined)
    return { idText: '', issue: malformed({ expected: 'a JSON object with "params"', got: text }) }
  const report = parse(request.params)
  return 'expected' in report ? { idText: request.idText, issue: malformed(report as OtaProblem) } : { idText: request.idText, report: report as Report }
}

function conclude({ topicText }: UpMessage, operation: string, { issue, isStored = false, steps = [] }: { issue?: ValidationIssue | undefined, isStored?: boolean, steps?: readonly TraceStep[] }): Outcome {
  const code = issue?.code ?? 200
  const all = [{ bizCode: 'uplink', operation: topicText, code: 200 }, { bizCode: 'OTA', operation, code }, ...steps]
  if (isStored)
    all.push({ bizCode: 'DataStorage', operation, code: 200 })
  return { code, detail: packDetail({ issues: issue ? [issue] : [], steps: all }, topicText) }
}
