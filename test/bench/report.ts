import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import process from 'node:process'

/** One figure with all its repetitions, measured by us or by the peer we are compared with in the same run. */
export interface BenchRow {
  /** What was measured, for a reader who does not know the code: `publishes answered, QoS 1, 5,000 connections`. */
  what: string
  /** `thingbench`, or the peer: `aedes`, `mosquitto`, `better-sqlite3 alone`; for a ratio `thingbench / aedes`. */
  who: string
  /** `msg/s`, `ms`, `kB/device`; `×` for a ratio. */
  unit: string
  /** One value a repetition, in the order they were measured. */
  samples: number[]
  /** The goal for the median. */
  atLeast?: number
  atMost?: number
  /** What the reader has to know to judge the figure. */
  note?: string
  /** Where its median stands in the JSON form, for programs that look for this one figure: `cpuPerPublish.ratioToMqttJs`. */
  key?: string
}

export interface BenchOptions {
  /** The thorough form: more data, longer runs. */
  long: boolean
  /** How often each measurement is repeated. */
  repeat: number
  /** How much data, for a benchmark that can do with more or less of it; left out: as the form has it. */
  rows?: number
  /** A line of progress for the person who waits. */
  say: (line: string) => void
}

export type Bench = (options: BenchOptions) => Promise<BenchRow[]>

/** The middle value; of an even number the mean of the two in the middle. NaN of none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1
    ? upper
    : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Whether the median reaches the row's goal; undefined when it has none. */
export function meetsGoal({ samples, atLeast, atMost }: BenchRow): boolean | undefined {
  if (atLeast === undefined && atMost === undefined)
    return undefined
  const middle = median(samples)
  return (atLeast === undefined || middle >= atLeast) && (atMost === undefined || middle <= atMost)
}

/** Pairs of samples from the same round divided, so that a slow moment of the machine hits both sides. */
export function ratio(what: string, ours: BenchRow, theirs: BenchRow, more: Pick<BenchRow, 'atLeast' | 'atMost' | 'key'> = {}): BenchRow {
  const samples = ours.samples.flatMap((value, index) => {
    const other = theirs.samples[index]
    return other === undefined || other === 0
      ? []
      : [value / other]
  })
  return {
    what,
    who: `${ours.who} / ${theirs.who}`,
    unit: '×',
    samples,
    ...more,
  }
}

/** The medians of rows with a key, as an object of objects: `{cpuPerPublish: {ratioToMqttJs: 0.3}}`. */
export function figuresByKey(rows: readonly BenchRow[]): Record<string, Record<string, number>> {
  const figures: Record<string, Record<string, number>> = {}
  for (const { key, samples } of rows) {
    if (key === undefined)
      continue
    const [group, name] = key.split('.') as [string, string]
    figures[group] = { ...figures[group], [name]: median(samples) }
  }
  return figures
}

/** Three significant figures for small numbers, whole ones with separators for large. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value))
    return '–'
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)))
}

/** Rows as a table of plain text: figure, who, median, spread and whether the goal was met. */
export function formatTable(rows: readonly BenchRow[]): string {
  const head = [
    'figure',
    'who',
    'median',
    'lowest – highest',
    'goal',
    '',
  ]
  const cells = rows.map((row) => {
    const met = meetsGoal(row)
    return [
      row.what,
      row.who,
      `${formatNumber(median(row.samples))} ${row.unit}`,
      `${formatNumber(Math.min(...row.samples))} – ${formatNumber(Math.max(...row.samples))} (${row.samples.length})`,
      [
        row.atLeast === undefined
          ? ''
          : `≥ ${formatNumber(row.atLeast)}`,
        row.atMost === undefined
          ? ''
          : `≤ ${formatNumber(row.atMost)}`,
      ].filter(Boolean).join(' and '),
      [
        met === undefined
          ? ''
          : met ? 'met' : 'NOT MET',
        row.note ?? '',
      ].filter(Boolean).join('; '),
    ]
  })
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map(line => line[column]?.length ?? 0)))
  const line = (parts: readonly string[]): string => parts.map((part, column) => column === 2 || column === 3
    ? part.padStart(widths[column] ?? 0)
    : part.padEnd(widths[column] ?? 0)).join('  ').trimEnd()
  return [
    line(head),
    widths.map(width => '─'.repeat(width)).join('  '),
    ...cells.map(line),
  ].join('\n')
}

function versionOf(command: string, args: string[], pattern: RegExp): string | null {
  try {
    const text = execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    })
    return pattern.exec(text)?.[0] ?? null
  }
  catch (error) {
    // mosquitto prints its version and exits with 3.
    const { stdout } = error as { stdout?: string }
    return pattern.exec(stdout ?? '')?.[0] ?? null
  }
}

export interface Machine { cores: number, processor: string, memoryGiB: number, system: string, node: string, mosquitto: string | null }

/** What the figures were measured on; without it they say nothing. */
export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    mosquitto: versionOf('mosquitto', ['-h'], /mosquitto version [\d.]+/),
  }
}
