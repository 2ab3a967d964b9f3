import type { RunFigures, RunSample, ScenarioResult } from './figures.ts'
import { formatSeen } from './checks.ts'
import { linePlot } from './line-plot.ts'
import { formatDuration } from './quantities.ts'
import { escapeXml } from './report-junit.ts'
import { verdictWords } from './report-text.ts'

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6b7e; --line: #d9dfe7; --ground: #ffffff; --panel: #f5f7fa; --good: #0b7a4b; --bad: #c0341d; --one: #2563c9; --two: #b45309; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #9aa8ba; --line: #344052; --ground: #141a22; --panel: #1c2430; --good: #4ec38d; --bad: #ff8a75; --one: #7aa9ff; --two: #f0a95a; } }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1040px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 26px; } h2 { margin: 40px 0 8px; font-size: 18px; } p { margin: 4px 0; color: var(--soft); max-width: 70ch; white-space: pre-line; }
.verdict { display: inline-block; margin: 12px 0; padding: 2px 12px; border: 1px solid currentColor; border-radius: 999px; font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } th { color: var(--soft); font-weight: 500; } td.n, th.n { text-align: right; white-space: nowrap; }
.scroll { overflow-x: auto; } svg { display: block; width: 100%; height: auto; background: var(--panel); border-radius: 6px; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.key { display: inline-block; width: 12px; height: 3px; margin: 0 6px 3px 14px; vertical-align: middle; }
`

/** A run as one HTML page that needs nothing else: no script, no picture, no font from elsewhere. `verdictText` stands in for the verdict's own word. */
export function htmlReport(result: ScenarioResult, verdictText = verdictWords[result.verdict]): string {
  const { title, about, seed, startedAt, ranMs, plannedMs, verdict, whole, groups, expectations, timeline, traceHash, notes } = result
  const groupRows = Object.entries(groups).map(([name, figures]) => figuresRow(name, figures))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeXml(title)}</h1>
<span class="verdict ${verdict === 'met' ? 'good' : 'bad'}">${escapeXml(verdictText)}</span>
<p>${escapeXml(about.trim())}</p>
<p>Started ${new Date(startedAt).toISOString()}, ran ${formatDuration(ranMs)} of ${formatDuration(plannedMs)}, seed ${seed}, ${whole.devices} devices.${traceHash === null ? '' : ` In virtual time; trace <code>${traceHash}</code>.`}</p>
<h2>Expectations</h2>
${expectations.length === 0 ? '<p>None.</p>' : table(['Expectation', 'Outcome', '>Seen', '>Looked at'], expectations.map(({ text, isMet, atMs, unit, seen }) => [escapeXml(text), `<span class="${isMet ? 'good' : 'bad'}">${isMet ? 'met' : 'not met'}</span>`, escapeXml(formatSeen({ unit }, seen)), atMs === null ? 'never: the run ended before' : formatDuration(atMs)]))}
<h2>Figures</h2>
${table(['', '>Connected', '>Online at the end', '>Published', '>Acknowledged', '>Lost', '>Left out', '>Replied', '>Refused'], [...groupRows, figuresRow('All', whole)])}
${table(['', ...['p50', 'p95', 'p99'].flatMap(one => [`>Reply ${one}`]), ...['p50', 'p95', 'p99'].map(one => `>PUBACK ${one}`), '>Lateness p99'], [...Object.entries(groups).map(([name, figures]) => timesRow(name, figures)), timesRow('All', whole)])}
<p>Reply: from a report to the platform's answer. Lateness: how late the devices' own clockwork ran, which is this machine's limit and not the platform's.</p>
<h2>Over time</h2>
<p>Messages published a second. Dotted lines: actions of the timeline.</p>
${plot(result, '/s', [['var(--one)', ({ publishedPerSec }) => publishedPerSec]])}
<p><span class="key" style="background: var(--one)"></span>reply p99 <span class="key" style="background: var(--two)"></span>PUBACK p99, each over the last 10 s</p>
${plot(result, ' ms', [['var(--one)', ({ replyP99Ms }) => replyP99Ms], ['var(--two)', ({ pubackP99Ms }) => pubackP99Ms]])}
<p>Devices online</p>
${plot(result, '', [['var(--one)', ({ online }) => online]])}
<h2>Timeline</h2>
${timeline.length === 0 ? '<p>Nothing was planned.</p>' : table(['>Planned', '>Done', 'What', '>Devices'], timeline.map(({ plannedMs: planned, actualMs, did, problem, devices }) => [formatDuration(planned), formatDuration(actualMs), `${escapeXml(did)}${problem === null ? '' : ` <span class="bad">${escapeXml(problem)}</span>`}`, devices === null ? '' : String(devices)]))}
<h2>Trouble, by cause</h2>
${Object.keys(whole.causes).length === 0 ? '<p>None.</p>' : table(['Cause', '>Times'], Object.entries(whole.causes).sort(([, a], [, b]) => b - a).map(([cause, count]) => [escapeXml(cause), String(count)]))}
${notes.length === 0 ? '' : `<h2>Notes</h2>\n${notes.map(note => `<p>${escapeXml(note)}</p>`).join('\n')}`}
</body>
</html>
`
}

/** A head that begins with `>` is that of a column of numbers. */
function table(heads: string[], rows: string[][]): string {
  const isNumber = heads.map(head => head.startsWith('>'))
  const cell = (tag: string, text: string, index: number): string => `<${tag}${isNumber[index] ? ' class="n"' : ''}>${text}</${tag}>`
  return `<div class="scroll"><table><thead><tr>${heads.map((head, index) => cell('th', head.replace(/^>/, ''), index)).join('')}</tr></thead><tbody>${rows.map(row => `<tr>${row.map((text, index) => cell('td', text, index)).join('')}</tr>`).join('\n')}</tbody></table></div>`
}

function figuresRow(name: string, figures: RunFigures): string[] {
  const { connected, devices, online, published, acknowledged, lost, skipped, replied, refused } = figures
  return [escapeXml(name), `${connected} of ${devices}`, ...[online, published, acknowledged, lost, skipped, replied, refused].map(String)]
}

function timesRow(name: string, { replyMs, pubackMs, latenessMs }: RunFigures): string[] {
  return [escapeXml(name), ...[replyMs.p50, replyMs.p95, replyMs.p99, pubackMs.p50, pubackMs.p95, pubackMs.p99, latenessMs.p99].map(formatDuration)]
}

function plot({ samples, plannedMs, timeline }: ScenarioResult, unit: string, series: [color: string, valueOf: (sample: RunSample) => number][]): string {
  return linePlot(series.map(([color, valueOf]) => ({ color, points: samples.map(sample => ({ x: sample.atMs, y: valueOf(sample) })) })), { xMax: Math.max(plannedMs, samples.at(-1)?.atMs ?? 0), unit, marks: timeline.map(({ actualMs }) => actualMs) })
}
