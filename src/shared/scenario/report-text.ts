import type { RunFigures, ScenarioResult } from './figures.ts'
import { formatSeen } from './checks.ts'
import { formatDuration } from './quantities.ts'

/** What each verdict is called. */
export const verdictWords: Record<ScenarioResult['verdict'], string> = { met: 'all expectations met', failed: 'failed', stopped: 'stopped early' }

/** What a run came to, in lines for a terminal. `verdictText` stands in for the verdict's own word. */
export function textReport({ verdict, seed, ranMs, whole, groups, expectations, timeline, traceHash, notes }: ScenarioResult, verdictText = verdictWords[verdict]): string[] {
  const rows: [string, string][] = [
    ['Connected', `${whole.connected} of ${whole.devices}, ${whole.online} online at the end`],
    ['Published', `${whole.published}, acknowledged ${whole.acknowledged}, lost ${whole.lost}, left out ${whole.skipped}`],
    ['Replied', `${whole.replied}, refused ${whole.refused}`],
    ['Reply', percentiles(whole, 'replyMs')],
    ['PUBACK', percentiles(whole, 'pubackMs')],
    ['Lateness', `${percentiles(whole, 'latenessMs')} (of this machine)`],
    ...Object.entries(groups).length < 2 ? [] : Object.entries(groups).map(([name, figures]): [string, string] => [name, `${figures.connected} of ${figures.devices} connected, ${figures.published} published, ${figures.refused} refused, ${figures.lost} lost, reply p99 ${formatDuration(figures.replyMs.p99)}`]),
    ...Object.entries(whole.causes).map(([cause, count]): [string, string] => ['Trouble', `${count} × ${cause}`]),
    ...timeline.filter(({ problem }) => problem !== null).map(({ did, problem, plannedMs }): [string, string] => ['Failed', `at ${formatDuration(plannedMs)}: ${did} ${problem}`]),
    ...expectations.map(({ text, isMet, atMs, unit, seen }): [string, string] => [isMet ? 'Met' : 'Not met', `${text}: ${atMs === null ? 'the run ended before' : formatSeen({ unit }, seen)}`]),
    ...notes.map((note): [string, string] => ['Note', note]),
    ...traceHash === null ? [] : [['Trace', `${traceHash} (SHA-256 of what the devices said)`] as [string, string]],
    ['Verdict', `${verdictText} after ${formatDuration(ranMs)}, seed ${seed}`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
}

function percentiles(figures: RunFigures, span: 'replyMs' | 'pubackMs' | 'latenessMs'): string {
  const { p50, p95, p99 } = figures[span]
  return `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, p99 ${formatDuration(p99)}`
}
