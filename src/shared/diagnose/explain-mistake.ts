import type { Language } from '../thing-model/explanation.ts'
import type { Mistake, MistakeKind, MistakeWords } from './mistake.ts'
import { mistakeWordsEn } from './mistake-words.en.ts'
import { mistakeWordsZh } from './mistake-words.zh.ts'

/** What a mistake says to the person who has to put it right, with the values that were expected and seen. */
export interface ExplainedMistake extends MistakeWords { expected: string, got: string }

const words: Record<Language, Readonly<Record<MistakeKind, MistakeWords>>> = { en: mistakeWordsEn, zh: mistakeWordsZh }

/** Says a mistake in words: what happened, the likely cause, and what to do. */
export function explainMistake(mistake: Mistake, language: Language = 'en'): ExplainedMistake {
  const { kind, path, expected, got } = mistake
  const facts: Record<string, string> = { path, expected, got, gotDate: dateOf(got), expectedDate: dateOf(expected) }
  const fill = (sentence: string): string => sentence.replace(/\{(path|expected|got|gotDate|expectedDate)\}/g, (_match, name: string) => facts[name]!)
  const { short, what, cause, fix } = words[language][kind]
  return { short, what: fill(what), cause: fill(cause), fix: fill(fix), expected, got }
}

/** A few words for the mark of a kind. */
export function shortMistake(kind: MistakeKind, language: Language = 'en'): string {
  return words[language][kind].short
}

/** One line for a log: what happened and what to do. */
export function mistakeLine(mistake: Mistake, language: Language = 'en'): string {
  const { what, fix } = explainMistake(mistake, language)
  return language === 'zh' ? what + fix : `${what} ${fix}`
}

/** The instant in a text of epoch milliseconds, to the second in UTC; the text itself when it holds none. */
function dateOf(text: string): string {
  const at = new Date(Number(text))
  return text === '' || Number.isNaN(at.getTime()) ? text : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Whether a text names a kind of mistake, for what was kept by another version. */
export function isMistakeKind(kind: string): kind is MistakeKind {
  return Object.hasOwn(mistakeWordsEn, kind)
}
