import type { Hash } from 'node:crypto'
import type { UpdateAccount, UpdateEnding, UpdateStage } from '../../../shared/contract/fleet-updates.ts'
import type { Notice } from './notice.ts'

/** What can happen to a device in an update, in the words of its account; the number or text that belongs to it follows. */
const stepWords = ['told', 'told again', 'asked', 'download', 'resume', 'progress', 'report', 'flash', 'restart', 'power cut', 'offline', 'online', 'stalled', 'version', 'failed:'] as const
export type StepWord = (typeof stepWords)[number]

/** Those whose detail is a text. */
const wordsWithText = new Set<StepWord>(['version', 'failed:'])
/** A step is three numbers: when, what, and a number or the place of a text; NaN: nothing. */
const numbersPerStep = 3
/** A device that is told of an update again and again remembers how it began and what came last. */
const stepsMax = 60
const stepsForgotten = 20

/** Texts that many accounts share: versions, modules, causes of failures. */
export class Texts {
  readonly #texts: string[] = []
  readonly #places = new Map<string, number>()

  placeOf(text: string): number {
    let place = this.#places.get(text)
    if (place === undefined) {
      place = this.#texts.push(text) - 1
      this.#places.set(text, place)
    }
    return place
  }

  at(place: number): string {
    return this.#texts[place]!
  }

  /** The same text, held once. */
  shared(text: string): string {
    return this.at(this.placeOf(text))
  }
}

/** The update of one module of a device, as little of it as tells where it stands; thousands of devices have one. */
export interface UpdateRecord {
  readonly module: string
  readonly ending: UpdateEnding
  readonly fromVersion: string
  readonly toVersion: string
  readonly size: number
  stage: UpdateStage
  /** What is still needed of the notice; null once the files are there, or nothing more will come. */
  notice: Notice | null
  /** Which file is being fetched, what it has of it, and its digest so far. */
  fileAt: number
  fileBytes: number
  hash: Hash | null
  /** Bytes of all files. */
  bytes: number
  /** The last progress that was reported; 0: none. */
  reported: number
  /** What happens midway in its ending has happened. */
  isPastMidway: boolean
  /** How often it goes on after the connection of a download has broken. */
  resumesLeft: number
  /** The first notice before this instant only repeats the update that has just failed to start; then 0. */
  deafUntil: number
  stopDownload: (() => void) | null
  readonly steps: number[]
}

/** The beginning of an update. What a device did in an earlier one for the same version stays in its account. */
export function newRecord(notice: Notice, { ending, fromVersion, before, texts }: { ending: UpdateEnding, fromVersion: string, before: UpdateRecord | undefined, texts: Texts }): UpdateRecord {
  return {
    module: texts.shared(notice.module),
    ending,
    fromVersion,
    toVersion: texts.shared(notice.version),
    size: notice.size,
    stage: 'idle',
    notice,
    fileAt: 0,
    fileBytes: 0,
    hash: null,
    bytes: 0,
    reported: 0,
    isPastMidway: false,
    resumesLeft: 3,
    deafUntil: 0,
    stopDownload: null,
    steps: before?.toVersion === notice.version && before.module === notice.module ? before.steps : [],
  }
}

/** Adds a step to an account; `detail` is a number, or a place in the texts. */
export function addStep({ steps }: UpdateRecord, at: number, word: StepWord, detail = Number.NaN): void {
  if (steps.length >= stepsMax * numbersPerStep)
    steps.splice(numbersPerStep, stepsForgotten * numbersPerStep)
  steps.push(at, stepWords.indexOf(word), detail)
}

/** Percent of the download, 100 only when all is there. */
export function percentOf({ bytes, size }: UpdateRecord): number {
  return size === 0 || bytes >= size ? 100 : Math.floor(bytes * 100 / size)
}

/** An account in words. */
export function describeRecord(deviceName: string, record: UpdateRecord, texts: Texts): UpdateAccount {
  const { module, ending, stage, fromVersion, toVersion, bytes, size, steps } = record
  return {
    deviceName,
    module,
    ending,
    stage,
    fromVersion,
    toVersion,
    percent: bytes === 0 ? 0 : percentOf(record),
    bytes,
    size,
    steps: Array.from({ length: steps.length / numbersPerStep }, (_, index) => {
      const [at, kind, detail] = steps.slice(index * numbersPerStep) as [number, number, number]
      const word = stepWords[kind]!
      const text = Number.isNaN(detail) ? '' : ` ${wordsWithText.has(word) ? texts.at(detail) : detail}`
      return { at, what: word + text }
    }),
  }
}
