import type { Percentiles } from '../contract/fleet.ts'

/** What the value of an expectation is counted or measured in. */
export type CheckUnit = 'ms' | 'devices' | 'messages' | 'share'

/** The figures of a group, or of all groups together, over a run so far. */
export interface RunFigures {
  devices: number
  /** Connected at this moment; and those that were at least once. */
  online: number
  connected: number
  /** Messages handed to a socket; PUBACKs for those with QoS 1; those that have none. */
  published: number
  acknowledged: number
  lost: number
  /** Platform replies, and those among them with a code other than 200. */
  replied: number
  refused: number
  /** Left out because the device's socket was still full. */
  skipped: number
  /** Post to the platform's answer, publish to PUBACK, and how late the fleet's own tick ran, milliseconds over the whole run. */
  replyMs: Percentiles
  pubackMs: Percentiles
  latenessMs: Percentiles
  /** How often each cause of trouble came up, in words. */
  causes: Record<string, number>
  /** Devices by `MODULE VERSION`, as they have reported it. */
  versions: Record<string, number>
}

/** A point of the plots. */
export interface RunSample {
  /** From the start of the run. */
  atMs: number
  online: number
  /** Since the start. */
  published: number
  publishedPerSec: number
  replyP99Ms: number
  pubackP99Ms: number
}

/** What an action of the timeline came to. */
export interface TimelineEntry {
  plannedMs: number
  actualMs: number
  word: string
  /** What it did, in words. */
  did: string
  /** Null where it concerns no number of devices. */
  devices: number | null
  /** Why it failed, a sentence; null when it did what it says. */
  problem: string | null
}

/** What became of an expectation. */
export interface CheckResult {
  text: string
  group: string | null
  /** When it was looked at, from the start of the run; null: the run ended before. */
  atMs: number | null
  unit: CheckUnit
  expected: number
  seen: number | null
  isMet: boolean
}

/** A run that is over. */
export interface ScenarioResult {
  title: string
  about: string
  seed: number
  /** Epoch milliseconds. */
  startedAt: number
  plannedMs: number
  ranMs: number
  /** `met`: every expectation and every action; `stopped`: somebody ended it early. */
  verdict: 'met' | 'failed' | 'stopped'
  whole: RunFigures
  groups: Record<string, RunFigures>
  timeline: TimelineEntry[]
  expectations: CheckResult[]
  samples: RunSample[]
  /** A hash over what all devices said: topic, payload and virtual time, each device in its own order; the same for the same seed. Null unless time was virtual. */
  traceHash: string | null
  /** What the reader should know: things left behind, a limit that was reached. */
  notes: string[]
}
