import type { Document } from 'yaml'
import type { ZodType } from 'zod'
import type { ScenarioAction } from './actions.ts'
import type { Check } from './checks.ts'
import type { Finding } from './issue-words.ts'
import type { Path, Place } from './place.ts'
import type { ScenarioGroup, ScenarioProduct } from './schema.ts'
import { LineCounter, parseDocument } from 'yaml'
import { closestWord } from '../closest-word.ts'
import { limits } from '../limits.ts'
import { actionSchemas, actionWords } from './actions.ts'
import { CheckError, longCheckSchema, readCheck, shortCheckSchema } from './checks.ts'
import { crossFindings } from './cross-check.ts'
import { findingsOf, shown } from './issue-words.ts'
import { Places } from './place.ts'
import { outlineSchema } from './schema.ts'

/** Something wrong with a scenario file, and where. */
export interface ScenarioProblem extends Place {
  /** Such as `groups.north.count` or `timeline[2].share`; empty for the file as a whole. */
  path: string
  /** What was expected and what came, a sentence without its full stop. */
  message: string
}

/** A scenario that means something; durations are milliseconds, shares parts of 1. */
export interface Scenario {
  title: string
  about: string
  /** Null: one is drawn for each run. */
  seed: number | null
  durationMs: number
  products: Record<string, ScenarioProduct>
  groups: Record<string, ScenarioGroup>
  /** In the order of the file. */
  timeline: ScenarioAction[]
  expect: Check[]
}

export interface ReadScenario {
  /** Null when there is any problem. */
  scenario: Scenario | null
  /** In the order of the file. */
  problems: ScenarioProblem[]
  /** The problem of a value at a path, for those who find more than the file itself tells. */
  problemAt: (path: Path, message: string, part?: 'key' | 'value') => ScenarioProblem
}

/** Brackets that are open at a time; a scenario has a dozen. */
const levelsMax = 1_000

/**
 * Reads a scenario from the text of its file: YAML 1.2 with anchors and merge keys. All problems are found at once, as a
 * compiler does; whatever the text is, nothing is thrown.
 */
export function readScenario(text: string): ReadScenario {
  try {
    return read(text)
  }
  catch (error) {
    // The stack is too small for what is nested.
    if (!(error instanceof RangeError))
      throw error
    return onlyProblem('expected fewer levels of nesting')
  }
}

function onlyProblem(message: string): ReadScenario {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 }
  const problemAt = (path: Path, words: string): ScenarioProblem => ({ path: pathText(path), message: words, ...place })
  return { scenario: null, problems: [problemAt([], message)], problemAt }
}

function read(text: string): ReadScenario {
  if (text.length > limits.scenarioBytesMax)
    return onlyProblem(`expected at most ${limits.scenarioBytesMax} characters, got ${text.length}`)
  if (isTooDeep(text))
    return onlyProblem(`expected at most ${levelsMax} levels of nesting`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'silent' })
  const places = new Places(document, lines)
  const problemAt: ReadScenario['problemAt'] = (path, message, part = 'value') => ({ path: pathText(path), message, ...(part === 'key' ? places.ofKey(path) : places.ofValue(path)) })

  if (document.errors.length > 0) {
    const problems = document.errors.map((error): ScenarioProblem => ({ path: '', message: firstLine(error.message), ...places.between(...error.pos) }))
    return { scenario: null, problems: inOrder(problems), problemAt }
  }
  const raw = unfold(document)
  if (raw instanceof Error)
    return { scenario: null, problems: [problemAt([], `expected anchors and aliases that unfold to values: ${firstLine(raw.message)}`)], problemAt }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { scenario: null, problems: [problemAt([], `expected keys with values, such as "scenario: Street lamps", got ${raw === null ? 'nothing' : shown(raw)}`)], problemAt }

  const { findings, within, parts } = readParts(raw as Record<string, unknown>)
  const problems = inOrder([
    ...findings.map(({ path, message, onKey }) => problemAt(path, message, onKey ? 'key' : 'value')),
    ...within.map(({ path, message, at }): ScenarioProblem => ({ path: pathText(path), message, ...places.within(path, at) })),
  ])
  return { scenario: problems.length === 0 && parts !== null ? parts : null, problems, problemAt }
}

/** Counts brackets alone, so that text made of them costs no more than a look. */
function isTooDeep(text: string): boolean {
  let open = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x5B || unit === 0x7B)
      open++
    else if ((unit === 0x5D || unit === 0x7D) && open > 0)
      open--
    if (open > levelsMax)
      return true
  }
  return false
}

/** The plain value of a document; an error where aliases unfold to more than is allowed, or what is merged is no mapping. */
function unfold(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 1_000 })
  }
  catch (error) {
    return error instanceof RangeError ? new Error('too many levels') : error
  }
}

interface Parts { findings: Finding[], within: { path: Path, message: string, at: number }[], parts: Scenario | null }

function readParts(raw: Record<string, unknown>): Parts {
  const findings: Finding[] = []
  const within: Parts['within'] = []
  const outline = outlineSchema.safeParse(raw)
  if (!outline.success)
    findings.push(...findingsOf(outlineSchema, outline.error.issues, raw))

  const timeline: { action: ScenarioAction, index: number }[] = []
  listOf(raw.timeline).forEach((item, index) => {
    const action = readAction(item, ['timeline', index], findings)
    if (action !== undefined)
      timeline.push({ action, index })
  })
  const expect: { check: Check, index: number }[] = []
  listOf(raw.expect).forEach((item, index) => {
    const check = readExpectation(item, ['expect', index], findings, within)
    if (check !== undefined)
      expect.push({ check, index })
  })
  findings.push(...crossFindings(raw, timeline, expect))

  if (!outline.success)
    return { findings, within, parts: null }
  const { scenario: title, about, seed, duration: durationMs, products, groups } = outline.data
  return { findings, within, parts: { title, about, seed: seed ?? null, durationMs, products, groups, timeline: timeline.map(({ action }) => action), expect: expect.map(({ check }) => check) } }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, limits.scenarioActionsMax) : []
}

function readAction(item: unknown, path: Path, findings: Finding[]): ScenarioAction | undefined {
  const say = (message: string): undefined => {
    findings.push({ path, message, onKey: false })
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return say(`expected an action such as { at: 30s, fail: north, share: 5% }, got ${shown(item)}`)
  const keys = Object.keys(item)
  const words = actionWords.filter(word => keys.includes(word))
  const [word] = words
  if (word === undefined) {
    const near = keys.filter(key => key !== 'at').flatMap(key => closestWord(key, actionWords) ?? [])[0]
    return say(`expected one of ${actionWords.join(', ')}${near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`}`)
  }
  if (words.length > 1)
    return say(`expected one action, got ${words.join(' and ')}; write them as two items of the list`)
  const schema: ZodType = actionSchemas[word]
  const result = schema.safeParse(item)
  if (result.success)
    return result.data as ScenarioAction
  findings.push(...findingsOf(schema, result.error.issues, item).map(finding => ({ ...finding, path: [...path, ...finding.path] })))
  return undefined
}

function readExpectation(item: unknown, path: Path, findings: Finding[], within: Parts['within']): Check | undefined {
  const isLong = typeof item === 'object' && item !== null && !Array.isArray(item)
  const schema: ZodType = isLong ? longCheckSchema : shortCheckSchema
  const result = schema.safeParse(item)
  if (!result.success) {
    findings.push(...findingsOf(schema, result.error.issues, item).map(finding => ({ ...finding, path: [...path, ...finding.path] })))
    return undefined
  }
  const long = isLong ? longCheckSchema.parse(item) : undefined
  const check = readCheck(long?.that ?? String(result.data), { group: long?.of, byMs: long?.by, module: long?.module })
  if (!(check instanceof CheckError))
    return check
  within.push({ path: isLong ? [...path, 'that'] : path, message: check.message, at: check.at })
  return undefined
}

function pathText(path: Path): string {
  return path.map((step, index) => typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${String(step)}`).join('')
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.replace(/[.:]$/, '')
}

/** By place; the same words at the same place once. */
function inOrder(problems: ScenarioProblem[]): ScenarioProblem[] {
  const seen = new Set<string>()
  return problems
    .filter(({ line, column, message }) => {
      const key = `${line}:${column}:${message}`
      return !seen.has(key) && seen.add(key)
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
}
