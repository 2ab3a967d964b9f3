import type { RunFigures, ScenarioResult } from '../../../../src/shared/scenario/figures.ts'
import { expect, it } from 'vitest'
import { linePlot } from '../../../../src/shared/scenario/line-plot.ts'
import { htmlReport } from '../../../../src/shared/scenario/report-html.ts'
import { junitReport } from '../../../../src/shared/scenario/report-junit.ts'
import { textReport } from '../../../../src/shared/scenario/report-text.ts'

const figures: RunFigures = {
  devices: 20,
  online: 19,
  connected: 20,
  published: 400,
  acknowledged: 398,
  lost: 2,
  replied: 398,
  refused: 1,
  skipped: 0,
  replyMs: { p50: 3.1, p95: 8, p99: 12.5 },
  pubackMs: { p50: 2, p95: 5, p99: 9 },
  latenessMs: { p50: 0, p95: 0.5, p99: 1.2 },
  causes: { 'report refused by the platform: code 460': 1 },
  versions: {},
}
const result: ScenarioResult = {
  title: 'Lamps <& "co">',
  about: 'Two streets.',
  seed: 7,
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  plannedMs: 10_000,
  ranMs: 10_020,
  verdict: 'failed',
  whole: figures,
  groups: { north: figures, south: { ...figures, refused: 0 } },
  timeline: [
    { plannedMs: 2_000, actualMs: 2_003, word: 'fail', did: 'Cut off 5 devices of north for 1s.', devices: 5, problem: null },
    { plannedMs: 3_000, actualMs: 3_001, word: 'invoke', did: 'Could not invoke.', devices: null, problem: 'There is no <service>.' },
  ],
  expectations: [
    { text: 'p99 reply < 200ms', group: null, atMs: 10_000, unit: 'ms', expected: 200, seen: 12.5, isMet: true },
    { text: 'refused = 0', group: null, atMs: 10_000, unit: 'messages', expected: 0, seen: 1, isMet: false },
    { text: 'all online by 9s', group: null, atMs: null, unit: 'share', expected: 1, seen: null, isMet: false },
  ],
  traceHash: null,
  samples: [1, 2, 3].map(second => ({ atMs: second * 1_000, online: 20, published: second * 40, publishedPerSec: 40, replyP99Ms: 12, pubackP99Ms: 9 })),
  notes: ['A note.'],
}

it('tells a run in lines', () => {
  expect(textReport(result)).toEqual([
    'Connected  20 of 20, 19 online at the end',
    'Published  400, acknowledged 398, lost 2, left out 0',
    'Replied    398, refused 1',
    'Reply      p50 3.1ms, p95 8ms, p99 12.5ms',
    'PUBACK     p50 2ms, p95 5ms, p99 9ms',
    'Lateness   p50 0ms, p95 0.5ms, p99 1.2ms (of this machine)',
    'north      20 of 20 connected, 400 published, 1 refused, 2 lost, reply p99 12.5ms',
    'south      20 of 20 connected, 400 published, 0 refused, 2 lost, reply p99 12.5ms',
    'Trouble    1 × report refused by the platform: code 460',
    'Failed     at 3s: Could not invoke. There is no <service>.',
    'Met        p99 reply < 200ms: 12.5ms',
    'Not met    refused = 0: 1',
    'Not met    all online by 9s: the run ended before',
    'Note       A note.',
    'Verdict    failed after 10s, seed 7',
  ])
})

it('makes a test case of each expectation and of each action that failed', () => {
  expect(junitReport(result)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Lamps &lt;&amp; &quot;co&quot;&gt;" tests="4" failures="1" errors="1" skipped="1" time="10.020" timestamp="2026-01-02T03:04:05">
  <properties>
    <property name="seed" value="7"/>
  </properties>
  <testcase name="p99 reply &lt; 200ms" classname="Lamps &lt;&amp; &quot;co&quot;&gt;" time="10.000"/>
  <testcase name="refused = 0" classname="Lamps &lt;&amp; &quot;co&quot;&gt;" time="10.000"><failure message="expected refused = 0, seen 1"/></testcase>
  <testcase name="all online by 9s" classname="Lamps &lt;&amp; &quot;co&quot;&gt;" time="10.020"><skipped message="The run ended before it was looked at."/></testcase>
  <testcase name="invoke at 3s" classname="Lamps &lt;&amp; &quot;co&quot;&gt;" time="3.001"><error message="Could not invoke. There is no &lt;service&gt;."/></testcase>
</testsuite>
`)
})

it('makes one case of a run that expects nothing, and leaves out what XML does not allow', () => {
  const text = junitReport({ ...result, title: 'a\u0000b\uD800', expectations: [], timeline: [] })
  expect(text).toContain('<testsuite name="ab\uFFFD" tests="1" failures="1"')
})

it('makes a page that needs nothing from elsewhere and lets no text be more than text', () => {
  const page = htmlReport(result)
  expect(page).toContain('<h1>Lamps &lt;&amp; &quot;co&quot;&gt;</h1>')
  expect(page).toContain('There is no &lt;service&gt;.')
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/)
  expect(page.match(/<svg /g)).toHaveLength(3)
  expect(page).toContain('prefers-color-scheme: dark')
  expect(page).toContain('<td class="n">12.5ms</td>')
})

it('draws a plot of a run that was over before its first sample', () => {
  expect(htmlReport({ ...result, samples: [], timeline: [], expectations: [] })).toContain('<svg ')
})

it('draws lines on an axis of round values with their unit', () => {
  const svg = linePlot([{ color: 'red', points: [{ x: 0, y: 0 }, { x: 10_000, y: 37 }] }], { xMax: 10_000, unit: ' ms' })
  expect([...svg.matchAll(/text-anchor="end">([^<]+)</g)].map(([, label]) => label)).toEqual(['0 ms', '10 ms', '20 ms', '30 ms', '40 ms', '10s'])
  expect(svg).toContain('points="64.0,192.0 984.0,29.2"')
  expect(linePlot([], { xMax: 10_000, unit: '', marks: [5_000] })).toContain('<line x1="524.0" x2="524.0"')
})
