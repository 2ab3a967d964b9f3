import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { NetworkReport } from '../../../shared/alink/network-status.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { Sample } from '../../store/types.ts'
import type { RequestVerdict } from '../answer-request.ts'
import { parseNetworkPost } from '../../../shared/alink/network-status.ts'
import { isUsableTime } from '../../../shared/alink/property.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

/** A report with the instant it counts for: when it was measured, or reported where that is not told. */
export interface DatedReport extends NetworkReport { at: number }

/** What becomes of a network report. */
export interface NetworkOutcome extends RequestVerdict { reports: readonly DatedReport[] }

/**
 * Judges a network report (Alink 7.4, platform rules MON-9 to MON-13). Its numbers become points of the device's series
 * `network.rssi`, `network.snr` and `network.packetLoss`. A time that is no time of 13 digits, or more than a day ahead,
 * counts as not told. Pure.
 */
export function handleNetworkPost({ params }: AlinkRequest, receivedAt: number): NetworkOutcome {
  const parsed = parseNetworkPost(params)
  if (!Array.isArray(parsed))
    return { reports: [], issue: { code: 460, path: '', rule: 'bad-form', expected: parsed.expected, got: toSnippet(parsed.got) } }
  const notices: ValidationIssue[] = []
  const reports = parsed.map((report, index): DatedReport => {
    const { collectedAt } = report
    if (isUsableTime(collectedAt, receivedAt))
      return { ...report, at: collectedAt }
    if (collectedAt !== null)
      notices.push({ code: 200, path: `p[${index}]._time`, rule: 'time-ignored', expected: '', got: String(collectedAt) })
    return { ...report, collectedAt: null, at: receivedAt }
  })
  return { reports, notices, samples: reports.flatMap(samplesOf) }
}

function samplesOf({ at, rssiDbm, snrDb, packetLossPerMille }: DatedReport): Sample[] {
  const values = { 'network.rssi': rssiDbm, 'network.snr': snrDb, 'network.packetLoss': packetLossPerMille }
  return Object.entries(values).flatMap(([property, value]) => value === null ? [] : [{ property, at, value }])
}
