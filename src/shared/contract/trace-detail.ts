import type { Mistake, PackedMistake } from '../diagnose/mistake.ts'
import type { Language } from '../thing-model/explanation.ts'
import type { ValidationIssue } from '../thing-model/issue.ts'
import type { TraceIssue, TraceRowDirection, TraceStep } from './trace.ts'
import { methodOfTopic, replyTopic } from '../alink/topic.ts'
import { isMistakeKind } from '../diagnose/explain-mistake.ts'
import { explainCode, explainIssue, explainIssues } from '../thing-model/explain.ts'

/** What lies behind the verdict on one message; kept as JSON text in the row of the message. */
export interface Verdict {
  /** What was wrong, in the order of the message. */
  issues: readonly ValidationIssue[]
  /** Nothing wrong, but worth telling the sender. */
  notices?: readonly ValidationIssue[]
  /** Issues that are known only by their number. */
  moreIssues?: number
  /** The steps the message took through the platform, in the words of the platform's log (10.7). */
  steps: readonly TraceStep[]
}

/** Issues of one message that are kept with it; the rest is counted. */
const issuesKeptMax = 20

/** How an issue and a step are written: as lists, because every refused message carries some. */
type PackedIssue = [code: number, path: string, rule: string, expected: string, got: string]
type PackedStep = [bizCode: string, code: number, operation?: string, message?: string]
interface PackedVerdict {
  issues?: PackedIssue[] | undefined
  notices?: PackedIssue[] | undefined
  more?: number | undefined
  steps?: PackedStep[] | undefined
  mistakes?: PackedMistake[] | undefined
}

/**
 * Packs a verdict for the row of a message. With the `topic` of an upward message, operations that follow from it are
 * left out. A message that took the ordinary path with code 200 needs no detail: keep null instead.
 */
export function packDetail({ issues, notices = [], moreIssues = 0, steps }: Verdict, topic?: string): string {
  const more = moreIssues + Math.max(0, issues.length - issuesKeptMax)
  const packed: PackedVerdict = {
    issues: packIssues(issues),
    notices: packIssues(notices),
    more: more > 0 ? more : undefined,
    steps: steps.map(step => packStep(step, topic)),
  }
  return JSON.stringify(packed)
}

function packIssues(issues: readonly ValidationIssue[]): PackedIssue[] | undefined {
  if (issues.length === 0)
    return undefined
  return issues.slice(0, issuesKeptMax).map(({ code, path, rule, expected, got }) => [code, path, rule, expected, got])
}

function packStep({ bizCode, operation, code, message }: TraceStep, topic: string | undefined): PackedStep {
  const isOrdinary = topic !== undefined && operation === ordinaryOperation(bizCode, topic, 'up')
  const written = isOrdinary ? '' : operation
  if (message !== undefined)
    return [bizCode, code, written, message]
  return isOrdinary ? [bizCode, code] : [bizCode, code, written]
}

/**
 * The verdict on a message that was judged in another form than the one it came in: the same findings, and the steps that
 * `wrap` makes of those of the judgement.
 */
export function wrapDetail(row: JudgedRow, wrap: (steps: TraceStep[]) => TraceStep[]): string {
  return JSON.stringify({ ...readPacked(row.detail), steps: wrap(unpackDetail(row).steps).map(step => packStep(step, undefined)) } satisfies PackedVerdict)
}

/** What a row needs to have so that its verdict can be read. */
export interface JudgedRow { topic: string, direction: TraceRowDirection, code: number | null, detail: string | null }

/** Reads the verdict of a row; a row without detail took the ordinary steps of its topic. Unreadable detail counts as none. */
export function unpackDetail(row: JudgedRow, language: Language = 'en'): { issues: TraceIssue[], steps: TraceStep[] } {
  const packed = readPacked(row.detail)
  const steps = packed?.steps?.map(([bizCode, code, operation, message]): TraceStep => ({
    bizCode,
    operation: operation || ordinaryOperation(bizCode, row.topic, row.direction),
    code,
    ...(message !== undefined && { message }),
  }))
  return {
    issues: (packed?.issues ?? []).map(unpackIssue).map(issue => ({ ...issue, message: explainIssue(issue, { language }) })),
    steps: steps ?? ordinarySteps(row),
  }
}

/** What was found in a message, as facts. */
export interface Unpacked { issues: ValidationIssue[], notices: ValidationIssue[], mistakes: Mistake[] }

/** Reads the findings of a verdict; unreadable detail counts as none. */
export function unpackFacts(detail: string | null): Unpacked {
  const packed = readPacked(detail)
  return {
    issues: packed?.issues?.map(unpackIssue) ?? [],
    notices: packed?.notices?.map(unpackIssue) ?? [],
    mistakes: packed?.mistakes?.flatMap(([kind, path, expected, got]) => isMistakeKind(kind) ? [{ kind, path, expected, got }] : []) ?? [],
  }
}

/**
 * Says in a sentence or a few why a message ended with its code: what was done to it on purpose, its issues, else what the
 * failing step said, else what was noticed, else what the code means. Null when there is nothing to explain.
 */
export function explainDetail(code: number | null, detail: string | null, language: Language = 'en'): string | null {
  const packed = readPacked(detail)
  const injected = packed?.steps?.flatMap(([bizCode, , , said]) => bizCode === 'FaultInjection' && said !== undefined ? [said] : []) ?? []
  if (injected.length > 0)
    return injected.join(' ')
  const issues = packed?.issues?.map(unpackIssue) ?? []
  if (issues.length > 0)
    return explainIssues(issues, { language, more: packed?.more ?? 0 })
  const message = packed?.steps?.find(step => step[1] !== 200 && step[3] !== undefined)?.[3]
  if (message !== undefined)
    return message
  const notices = packed?.notices?.map(unpackIssue) ?? []
  if (notices.length > 0)
    return explainIssues(notices, { language })
  if (code === null || code === 200)
    return null
  const { title, likelyCause } = explainCode(code, language)
  return language === 'zh' ? `${title}（${code}）。${likelyCause}` : `${title} (${code}). ${likelyCause}`.trim()
}

function unpackIssue([code, path, rule, expected, got]: PackedIssue): ValidationIssue {
  return { code, path, rule: rule as ValidationIssue['rule'], expected, got }
}

function readPacked(detail: string | null): PackedVerdict | null {
  if (detail === null)
    return null
  try {
    const packed: unknown = JSON.parse(detail)
    return typeof packed === 'object' ? packed as PackedVerdict | null : null
  }
  catch {
    return null
  }
}

/** What a step of a kind does when nothing else is said. */
function ordinaryOperation(bizCode: string, topic: string, direction: TraceRowDirection): string {
  switch (bizCode) {
    case 'downlink':
      return direction === 'up' ? replyTopic(topic) : topic
    case 'ThingModel':
      return 'check'
    case 'ThingModelMessage':
    case 'DataStorage':
    case 'ThingService':
      return methodOfTopic(topic)
    default:
      return topic
  }
}

/** The steps of a message that went the way everybody hopes for (Alink 10.7). */
function ordinarySteps({ topic, direction, code }: JudgedRow): TraceStep[] {
  if (direction === 'record') {
    return [{ bizCode: topic === 'subscribe' || topic === 'unsubscribe' ? topic : 'device', operation: topic, code: code ?? 200 }]
  }
  if (direction === 'down') {
    return [{ bizCode: 'downlink', operation: topic, code: code ?? 200 }]
  }
  const isChecked = code === 200 && topic.endsWith('/post') && topic.includes('/thing/event/')
  const kinds = isChecked
    ? [
        'uplink',
        'ThingModel',
        'ThingModelMessage',
        'DataStorage',
        'downlink',
      ]
    : ['uplink']
  return kinds.map(bizCode => ({ bizCode, operation: ordinaryOperation(bizCode, topic, direction), code: code ?? 200 }))
}
