import type { ScenarioResult } from './figures.ts'
import { formatSeen } from './checks.ts'
import { formatDuration } from './quantities.ts'

/** A run as JUnit XML: a test case for each expectation and each action of the timeline that failed. */
export function junitReport({ title, expectations, timeline, ranMs, seed, startedAt, verdict, traceHash }: ScenarioResult): string {
  const failedActions = timeline.filter(({ problem }) => problem !== null)
  const cases = [
    ...expectations.map(({ text, isMet, atMs, unit, seen }) => {
      const outcome = atMs === null
        ? '<skipped message="The run ended before it was looked at."/>'
        : isMet ? '' : `<failure message="${escapeXml(`expected ${text}, seen ${formatSeen({ unit }, seen)}`)}"/>`
      return testCase(text, title, (atMs ?? ranMs) / 1000, outcome)
    }),
    ...failedActions.map(({ word, did, plannedMs, actualMs, problem }) => testCase(`${word} at ${formatDuration(plannedMs)}`, title, actualMs / 1000, `<error message="${escapeXml(`${did} ${problem}`)}"/>`)),
    // A suite without a case says nothing to a test server.
    ...expectations.length + failedActions.length === 0 ? [testCase('the run', title, ranMs / 1000, verdict === 'failed' ? '<failure message="The run failed."/>' : '')] : [],
  ]
  const failures = cases.filter(one => one.includes('<failure ')).length
  const errors = cases.filter(one => one.includes('<error ')).length
  const skipped = cases.filter(one => one.includes('<skipped ')).length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escapeXml(title)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${(ranMs / 1000).toFixed(3)}" timestamp="${new Date(startedAt).toISOString().slice(0, 19)}">`,
    '  <properties>',
    `    <property name="seed" value="${seed}"/>`,
    ...traceHash === null ? [] : [`    <property name="trace" value="${traceHash}"/>`],
    '  </properties>',
    ...cases,
    '</testsuite>',
    '',
  ].join('\n')
}

function testCase(name: string, suite: string, sec: number, outcome: string): string {
  const head = `  <testcase name="${escapeXml(name)}" classname="${escapeXml(suite)}" time="${sec.toFixed(3)}"`
  return outcome === '' ? `${head}/>` : `${head}>${outcome}</testcase>`
}

/** Text as it may stand in XML and HTML, in attributes too; characters that XML does not allow are left out. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }
  // eslint-disable-next-line no-control-regex
  return text.toWellFormed().replaceAll(/[\u0000-\u0008\v\f\u000E-\u001F\uFFFE\uFFFF]/g, '').replaceAll(/[&<>"']/g, character => entities[character]!)
}
