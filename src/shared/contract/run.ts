import type { RunFigures, ScenarioResult } from '../scenario/figures.ts'
import type { FleetSettings } from './fleet.ts'
import { z } from 'zod'
import { method, type } from './define.ts'

/** A run is a stretch of time in which a fleet ran, from its start to its stop, or in which a scenario was carried out. */
export const runKinds = ['fleet', 'scenario'] as const
export type RunKind = (typeof runKinds)[number]

/**
 * Why a run ended: somebody stopped it; it had sent its messages, its time was over, or there were too many failures (see
 * `FleetSettings.stopAfter`); a scenario was over; the fleet failed; the engine ended, orderly or not.
 */
export const runEnds = ['stopped', 'messages', 'time', 'failures', 'ended', 'failed', 'engine'] as const
export type RunEnd = (typeof runEnds)[number]

/** The parts of this machine that can be the limit of a run. */
export const machineParts = ['fleet', 'broker', 'writer', 'machine'] as const
export type MachinePart = (typeof machineParts)[number]

/** What was seen of this machine and of the platform while a run went on, whoever caused it. */
export interface RunMachine {
  /** How long each part was the limit, milliseconds, to the second. */
  limitMs: Record<MachinePart, number>
  /** How late the engine's event loop and the ticks of the fleet ran at worst: p99 of a second, milliseconds. */
  loopLagMsMax: number
  tickLatenessMsMax: number
  engineMemoryBytesMax: number
  fleetMemoryBytesMax: number
  /** What all messages together took on the disk at most. */
  diskBytesMax: number
  writeQueueRowsMax: number
  /** Rows kept, and those for which there was no room. */
  messagesKept: number
  droppedRows: number
}

export interface Run {
  runId: string
  kind: RunKind
  /** Of the fleet or the scenario, as it was called then. */
  name: string
  fleetIds: string[]
  seed: number
  startedAt: number
  /** Null while it goes on. After a crash it is when the run was last written. */
  endedAt: number | null
  end: RunEnd | null
  /** Why it failed, a sentence; null otherwise. */
  problem: string | null
  /** Of a scenario, or of a fleet: `failed` when it failed, `stopped` when it was cut short. Null while it goes on. */
  verdict: ScenarioResult['verdict'] | null
  /** Its messages and its summary are kept whatever the settings say. */
  isPinned: boolean
  note: string
  figures: RunFigures
  /** Devices that were connected at the same time, at most. */
  onlineMax: number
  /** Messages of its devices that the platform refused, by code. */
  refusedByCode: Record<string, number>
  /** Null when time was virtual, and for a scenario that was carried out elsewhere. */
  machine: RunMachine | null
}

/** The settings of a fleet at the start of a run; no secrets are among them. */
export interface RunSettings extends FleetSettings { productKey: string, prefix: string }

/** A setting that differs from the run before, by its path: `conversation.events.rate`. Values are JSON texts, null where there was none. */
export interface SettingDifference { path: string, before: string | null, now: string | null }

/** Everything kept of a run. */
export interface RunDetails extends Run {
  /** In the shape of a scenario's result, so that every run is reported in the same way. */
  result: ScenarioResult
  settings: RunSettings | null
  /** The run of the same fleet before this one. */
  previous: { runId: string, startedAt: number } | null
  differences: SettingDifference[]
}

export const runReportFormats = ['html', 'junit', 'json', 'text'] as const
export type RunReportFormat = (typeof runReportFormats)[number]

const runId = z.string().min(1).max(40)

export const runMethods = {
  'run.list': method({
    about: 'The runs of fleets and scenarios, the newest first, a page at a time; those that go on are among them.',
    input: z.strictObject({
      kind: z.enum(runKinds).optional(),
      fleetId: z.string().min(1).max(40).optional(),
      isPinned: z.boolean().optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: type<{ runs: Run[], total: number }>(),
  }),
  'run.get': method({
    about: 'Everything kept of a run: figures, points of its plots, what this machine did, its settings and what differs from the run before.',
    input: z.strictObject({ runId }),
    output: type<RunDetails>(),
  }),
  'run.pin': method({
    about: 'Keeps a run and the messages of its time whatever the settings say, or lets go of them.',
    input: z.strictObject({ runId, isPinned: z.boolean() }),
    output: type<Run>(),
  }),
  'run.note': method({
    about: 'Writes a note on a run; an empty one takes it away.',
    input: z.strictObject({ runId, note: z.string().trim().max(2_000) }),
    output: type<Run>(),
  }),
  'run.delete': method({
    about: 'Forgets the summary of a run that is over and not pinned; its messages stay as long as others do.',
    input: z.strictObject({ runId }),
    output: type<null>(),
  }),
  'run.report': method({
    about: 'A run as a file: a page that needs nothing else (html), for a test server (junit), for programs (json), or as lines (text).',
    input: z.strictObject({ runId, format: z.enum(runReportFormats) }),
    output: type<{ fileName: string, mediaType: string, text: string }>(),
  }),
}
