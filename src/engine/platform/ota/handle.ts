import type { OtaProblem } from '../../../shared/alink/ota.ts'
import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { Outcome, UpMessage } from '../feature.ts'
import { parseRequest } from '../../../shared/alink/envelope.ts'
import { buildNoUpgrade, parseProgress, parseVersionReport } from '../../../shared/alink/ota.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { upsertVersion } from './rows.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A message about updates that has not the documented form: 1004 in the log (platform rule OTA-118). */
export function malformed({ expected, got }: OtaProblem): ValidationIssue {
  return { code: 1004, path: '', rule: 'bad-form', expected, got: toSnippet(got) }
}

/** A device tells the version of one of its modules; it is kept, and nothing is answered (Alink 8.1, trap T7). */
export function takeVersion(message: UpMessage, onVersion: (deviceId: number, version: DeviceVersion) => void): Outcome {
  const { report, issue } = read(message, parseVersionReport)
  if (report === undefined)
    return conclude(message, 'OTAVersionReport', { issue })
  const { deviceId } = message.device
  const { module, version } = report
  onVersion(deviceId, { module, version, reportedAt: message.receivedAt })
  return {
    ...conclude(message, 'OTAVersionReport', { isStored: true }),
    statements: [{ key: `version ${deviceId} ${module.toLowerCase()}`, statement: { statement: upsertVersion, params: [deviceId, module, version, message.receivedAt] } }],
  }
}

/** A device tells how far an update has come. Without a task there is nothing to note but the message itself; nothing is answered. */
export function takeProgress(message: UpMessage): Outcome {
  return conclude(message, 'OTAProgressReport', { issue: read(message, parseProgress).issue })
}

/** The old request for an update, answered on its own topic: there is none (Alink 8.4). */
export function answerUpgradeRequest(message: UpMessage): Outcome {
  const { idText, issue } = read(message, parseVersionReport)
  if (issue)
    return conclude(message, 'OTAFirmwareRequest', { issue })
  const { topic, payload } = buildNoUpgrade(message.device, idText)
  const outcome = conclude(message, 'OTAFirmwareRequest', { steps: [{ bizCode: 'downlink', operation: topic, code: 200 }] })
  return { ...outcome, replies: [{ topic, payload: Buffer.from(payload) }] }
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
