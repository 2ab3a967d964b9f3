import type { CheckResult, RunSample, ScenarioResult, TimelineEntry } from '../scenario/figures.ts'
import type { ScenarioProblem } from '../scenario/read-scenario.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, stream, type } from './define.ts'

/** `shipped`: comes with the product and is never changed; `own`: a file of the workspace. */
const places = ['shipped', 'own'] as const
export type ScenarioPlace = (typeof places)[number]

/** Names that a system keeps for itself, in whatever case. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i
/** The name of a scenario's file, without its ending. */
export const scenarioNameSchema = z.string()
  .regex(/^[a-z0-9][\w-]{0,59}$/i, 'expected a name of 1 to 60 letters, digits, hyphens or underscores, beginning with a letter or digit')
  .refine(name => !reserved.test(name), 'expected another name: some systems keep this one for themselves')

const place = z.enum(places)
const name = scenarioNameSchema
const text = z.string().max(limits.scenarioBytesMax)
/** Stands for the bytes of a file. */
const revision = z.string().min(1).max(64)

/** A scenario in the list. */
export interface ScenarioFile {
  place: ScenarioPlace
  name: string
  /** Empty when the file has problems. */
  title: string
  about: string
  /** Null when the file has problems. */
  durationMs: number | null
  devices: number | null
  /** How many problems it has by itself, without its thing models. */
  problems: number
}

/** A scenario as it is written. */
export interface ScenarioText {
  place: ScenarioPlace
  name: string
  /** Byte for byte what the file holds. */
  text: string
  revision: string
  /** Where the file is. */
  path: string
}

/** What a scenario without problems comes to. */
export interface ScenarioOutline {
  title: string
  /** Null: one is drawn for each run. */
  seed: number | null
  durationMs: number
  devices: number
  groups: number
  actions: number
  expectations: number
}

/** What is wrong with a text; without problems, what it comes to. */
export interface ScenarioChecked { problems: ScenarioProblem[], outline: ScenarioOutline | null }

/** Something that a run is going to do. */
export interface PlannedAction {
  atMs: number
  word: string
  /** The group, product or kind of fault it is about, or the words of a note; empty where it is about everything. */
  what: string
  /** It takes back what an earlier action did. */
  isEnd: boolean
}

/** `ending`: its time is over, and what is under way comes in; then what it made is taken away. `failed`: it could not run at all. */
export const scenarioRunStates = ['starting', 'running', 'ending', 'over', 'failed'] as const
export type ScenarioRunState = (typeof scenarioRunStates)[number]

/** A run of this engine, under way or over. */
export interface ScenarioRun {
  runId: string
  /** Of the file it came from; null: from a text without a file. */
  file: { place: ScenarioPlace, name: string } | null
  title: string
  seed: number
  state: ScenarioRunState
  /** Somebody has told it to stop. */
  isStopping: boolean
  /** Epoch milliseconds of the instant at which its groups were started; null before. */
  startedAt: number | null
  plannedMs: number
  /** How far it is, or was at its end. */
  elapsedMs: number
  devices: number
  /** In the order in which it is done; as many from the front as there are entries of the timeline are done. */
  plan: PlannedAction[]
  timeline: TimelineEntry[]
  /** All of the scenario; `atMs` is null for those that have not been looked at. */
  expectations: CheckResult[]
  /** Null until it is over. */
  verdict: ScenarioResult['verdict'] | null
  /** Why it failed, a sentence; null otherwise. */
  problem: string | null
  /** As which of the kept runs it stands (`run.get`); null until it is kept. */
  keptAs: string | null
}

/** What has become of the run. */
export interface ScenarioProgress {
  /** Null: none has been started. */
  run: ScenarioRun | null
  /** The points of its plots since the item before; all there are in the first item of a run. */
  samples: RunSample[]
}

export const scenarioMethods = {
  'scenario.list': method({
    about: 'The scenarios that come with the product, and those of the workspace, by name.',
    input: z.strictObject({}),
    output: type<{ /** Where those of the workspace are. */ folder: string, files: ScenarioFile[] }>(),
  }),
  'scenario.read': method({
    about: 'The text of a scenario, as it is written.',
    input: z.strictObject({ place, name }),
    output: type<ScenarioText>(),
  }),
  'scenario.save': method({
    about: 'Writes a scenario of the workspace. A file that somebody else has changed since it was read is left alone: the error has what is there now.',
    input: z.strictObject({
      name,
      text,
      /** That of the file as it was read; null: there is none yet. */
      revision: revision.nullable(),
    }),
    output: type<ScenarioText>(),
  }),
  'scenario.copy': method({
    about: 'Makes a scenario of the workspace from another one; thing models that one names beside itself are copied too.',
    input: z.strictObject({ place, name, newName: name }),
    output: type<ScenarioText>(),
  }),
  'scenario.rename': method({
    about: 'Gives a scenario of the workspace another name.',
    input: z.strictObject({ name, newName: name }),
    output: type<ScenarioText>(),
  }),
  'scenario.delete': method({
    about: 'Deletes a scenario of the workspace.',
    input: z.strictObject({ name }),
    output: type<null>(),
  }),
  'scenario.check': method({
    about: 'All that is wrong with a text of a scenario, by line and column. Thing models are looked for among the samples and beside the files of the place.',
    input: z.strictObject({ text, place: place.default('own') }),
    output: type<ScenarioChecked>(),
  }),
  'scenario.start': method({
    about: 'Runs a scenario in this engine, in real time; one at a time. What it makes is taken away at the end.',
    input: z.strictObject({
      /** As {@link ScenarioFile}; the file itself is read unless there is a text. */
      file: z.strictObject({ place, name }).optional(),
      /** Instead of what the file holds. */
      text: text.optional(),
      /** Without it, that of the scenario, or one that is drawn. */
      seed: z.int().min(0).max(0xFFFF_FFFF).optional(),
      /** Ends it early, milliseconds from its start. */
      stopAfterMs: z.int().min(1).max(7 * 86_400_000).optional(),
    }).refine(({ file, text }) => file !== undefined || text !== undefined, 'expected a file or a text'),
    output: type<ScenarioRun>(),
  }),
  'scenario.stop': method({
    about: 'Ends the run under way; it is judged by what there is. Resolves when what it made has been taken away.',
    input: z.strictObject({}),
    output: type<ScenarioRun>(),
  }),
  'scenario.run': method({
    about: 'The run under way, or the one that has ended last; null when there was none.',
    input: z.strictObject({}),
    output: type<ScenarioRun | null>(),
  }),
  'scenario.result': method({
    about: 'What a run came to; the last 20 are kept until the engine stops.',
    input: z.strictObject({ runId: z.string().min(1).max(40) }),
    output: type<ScenarioResult>(),
  }),
}

export const scenarioStreams = {
  'scenario.watch': stream({
    about: 'The run under way or the latest one, at once and whenever something of it changes, at most 4 times a second.',
    input: z.strictObject({}),
    item: type<ScenarioProgress>(),
  }),
}
