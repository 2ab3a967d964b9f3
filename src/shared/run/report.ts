import type { MachinePart, RunDetails, RunReportFormat } from '../contract/run.ts'
import type { ScenarioResult } from '../scenario/figures.ts'
import type { RunFinding, RunHeadline } from './findings.ts'
import { formatDuration } from '../scenario/quantities.ts'
import { htmlReport } from '../scenario/report-html.ts'
import { junitReport } from '../scenario/report-junit.ts'
import { textReport, verdictWords } from '../scenario/report-text.ts'
import { findingsOf, headlineOf } from './findings.ts'

const headlines: Record<RunHeadline, string> = {
  running: 'still running',
  failed: 'failed',
  cut: 'ended before its time',
  unmet: 'failed',
  failures: 'too many failures',
  machine: 'limited by this machine',
  trouble: 'ended, with trouble',
  met: 'all expectations met',
  clean: 'all went well',
  idle: 'nothing was sent',
}
const parts: Record<MachinePart, string> = { fleet: 'The devices\' own clockwork', broker: 'The platform\'s thread', writer: 'The writing of messages to the disk', machine: 'All processors of the machine' }

/** A run as the text of a file, with the name and the media type it should have. */
export function reportRun(run: RunDetails, format: RunReportFormat): { fileName: string, mediaType: string, text: string } {
  const stem = `run-${new Date(run.startedAt).toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}`
  const result = withNotes(run)
  const verdict = run.kind === 'scenario' && run.verdict !== null ? verdictWords[run.verdict] : headlines[headlineOf(run)]
  switch (format) {
    case 'html': return { fileName: `${stem}.html`, mediaType: 'text/html', text: htmlReport(result, verdict) }
    case 'junit': return { fileName: `${stem}.xml`, mediaType: 'application/xml', text: junitReport(result) }
    case 'json': return { fileName: `${stem}.json`, mediaType: 'application/json', text: `${JSON.stringify(run, undefined, 2)}\n` }
    case 'text': return { fileName: `${stem}.txt`, mediaType: 'text/plain', text: `${textReport(result, verdict).join('\n')}\n` }
  }
}

/** The reports know of scenarios only; what else is kept of a run is told as notes. */
function withNotes(run: RunDetails): ScenarioResult {
  const { result, machine, refusedByCode, onlineMax, note } = run
  const codes = Object.entries(refusedByCode).sort(([, a], [, b]) => b - a)
  return {
    ...result,
    about: [result.about, note].filter(text => text !== '').join('\n'),
    notes: [
      ...result.notes,
      ...findingsOf(run).map(finding => describeFinding(finding, run.problem)),
      ...onlineMax > 0 ? [`At most ${onlineMax} devices were connected at the same time.`] : [],
      ...codes.length > 0 ? [`Refused by the platform, by code: ${codes.map(([code, count]) => `${code} × ${count}`).join(', ')}.`] : [],
      ...machine === null
        ? []
        : [`This machine: engine ${mebibytes(machine.engineMemoryBytesMax)} and fleet ${mebibytes(machine.fleetMemoryBytesMax)} of memory at most, messages ${mebibytes(machine.diskBytesMax)} on the disk; ${machine.messagesKept} rows kept, ${machine.droppedRows} dropped; event loop at worst ${formatDuration(machine.loopLagMsMax)} late, ticks ${formatDuration(machine.tickLatenessMsMax)}.`],
    ],
  }
}

function describeFinding({ kind, count, part }: RunFinding, problem: string | null): string {
  switch (kind) {
    case 'problem': return `The fleet failed: ${problem}`
    case 'notConnected': return `${count} devices never connected.`
    case 'lost': return `${count} messages with QoS 1 have no acknowledgement; those under way when the run was stopped are among them.`
    case 'refused': return `${count} replies had a code other than 200.`
    case 'trouble': return `Devices met trouble ${count} times; the causes are listed.`
    case 'skipped': return `${count} messages were left out because a socket was still full.`
    case 'dropped': return `${count} rows were not kept because the queue to the disk was full.`
    case 'machine': return `${parts[part!]} was the limit for ${formatDuration(count)}: what was measured then is this machine.`
    case 'late': return `The devices' own clockwork ran late (p99 ${formatDuration(count)}): times are too long by as much.`
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
