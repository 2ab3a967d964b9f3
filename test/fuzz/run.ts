/**
 * `node test/fuzz/run.ts [--packets 1000000] [--seed 1] [--json]` sends an engine what no device should and says what came
 * of it; ends with 1 when anything was found. A case that found something is printed as a line, and the same file of lines
 * is played again with `--replay FILE`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { createTempFolder } from '../support/temp-folder.ts'
import { readCase } from './fuzz-case.ts'
import { runFuzz } from './run-fuzz.ts'

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
const folder = createTempFolder()
const seed = Number(values.seed)
const replay = values.replay === undefined ? undefined : readFileSync(values.replay, 'utf8').split('\n').filter(line => line !== '').map(readCase)
if (!values.json)
  console.log(`seed ${seed}, ${replay ? `${replay.length} cases again` : `${values.packets} packets`}`)
const report = await runFuzz({
  packets: replay ? Number.POSITIVE_INFINITY : Number(values.packets),
  seed,
  dir: folder.path,
  ...(replay && { replay }),
  say: line => process.stderr.write(`  ${line}\n`),
})
await folder.close()

if (values.json) {
  console.log(JSON.stringify(report))
}
else {
  const { before, after, probe, aftermath } = report
  console.log([
    `${report.packets.toLocaleString('en')} packets in ${Object.values(report.cases).reduce((sum, count) => sum + count, 0).toLocaleString('en')} connections, ${report.seconds.toFixed(0)} s`,
    ...Object.entries(report.cases).map(([kind, count]) => `  ${kind}: ${count.toLocaleString('en')}`),
    `engine: ${after.messagesUp.toLocaleString('en')} messages taken, ${after.refused.toLocaleString('en')} of them refused, ${after.messagesDown.toLocaleString('en')} sent, ${after.droppedRows.toLocaleString('en')} rows left out of the trace (QoS 0, queue full)`,
    `healthy devices: ${probe.answered.toLocaleString('en')} of ${probe.asked.toLocaleString('en')} reports answered, the slowest after ${probe.longestMs.toFixed(0)} ms; the engine's loop was held up ${after.loopLongestMs} ms at most, ${after.loopCpuLongestMs} ms of them working`,
    `memory: heap ${megabytes(before.heapBytes)} → ${megabytes(after.heapBytes)}, RSS ${megabytes(before.rssBytes)} → ${megabytes(after.rssBytes)}; handles ${JSON.stringify(before.handles)} → ${JSON.stringify(after.handles)}`,
    `afterwards: ${JSON.stringify(aftermath)}`,
    `${report.findings.length} findings`,
  ].join('\n'))
}
if (report.findings.length > 0) {
  for (const { text, cases } of report.findings)
    console.log(`\n${text}\n${cases.map(line => `  ${line.length > 2_000 ? `${line.slice(0, 2_000)}…` : line}`).join('\n')}`)
  const file = `fuzz-findings-${seed}.txt`
  writeFileSync(file, [...new Set(report.findings.flatMap(finding => finding.cases))].join('\n'))
  console.log(`\nThe cases are in ${file}: node test/fuzz/run.ts --replay ${file}`)
  process.exitCode = 1
}
