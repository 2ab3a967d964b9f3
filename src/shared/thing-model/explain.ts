import type { CodeGroup } from '../alink/log-codes.ts'
import type { Explanation, Language } from './explanation.ts'
import type { ValidationIssue } from './issue.ts'
import { textOfCode } from '../alink/codes.ts'
import { explanationsEn } from './explanations.en.ts'
import { explanationsZh } from './explanations.zh.ts'
import { grammars, issueSentences, typePhrases } from './issue-sentences.ts'
import { groupExplanationsEn, platformExplanationsEn } from './platform-explanations.en.ts'
import { groupExplanationsZh, platformExplanationsZh } from './platform-explanations.zh.ts'

const explanations: Record<Language, Readonly<Record<number, Explanation>>> = {
  en: { ...platformExplanationsEn, ...explanationsEn },
  zh: { ...platformExplanationsZh, ...explanationsZh },
}
const ofGroups: Record<Language, Readonly<Record<string, Explanation>>> = { en: groupExplanationsEn, zh: groupExplanationsZh }

/** The explanation of a code, in its group first (platform rule ERR-1); a code without one gets its short text as the title. */
export function explainCode(code: number, language: Language = 'en', group: CodeGroup | null = null): Explanation {
  return ofGroups[language][`${group}/${code}`] ?? explanations[language][code] ?? { title: textOfCode(code), likelyCause: '', whatToCheck: '' }
}

/** Every code that has an explanation, in growing order. */
export const explainedCodes: readonly number[] = Object.keys(explanations.en).map(Number)

export interface ExplainOptions { language?: Language }

/** One issue as a sentence: `Temperature: 140 is above the maximum 120 °C that the thing model allows (6306).` */
export function explainIssue(issue: ValidationIssue, { language = 'en' }: ExplainOptions = {}): string {
  const { code, path, rule, expected, got } = issue
  const grammar = grammars[language]
  const words: Record<string, string> = {
    path,
    expected: rule === 'type' ? typePhrases[language][expected] ?? expected : expected,
    got: got === '' ? grammar.nothing : got,
  }
  const sentence = issueSentences[language][rule].replace(/\{(\w+)\}/g, (_match, word: string) => words[word] ?? '')
  const hint = rule === 'unknown-property' && expected !== '' ? grammar.hint(expected) : ''
  return sentence + (code === 200 ? '' : grammar.code(code)) + grammar.fullStop + hint
}

/** Sentences shown before the rest is only counted. */
const sentencesMax = 3

/** Several issues as one explanation; `more` are issues that are known only by their number. Empty text for none. */
export function explainIssues(issues: readonly ValidationIssue[], options: ExplainOptions & { more?: number } = {}): string {
  const grammar = grammars[options.language ?? 'en']
  const sentences = issues.slice(0, sentencesMax).map(issue => explainIssue(issue, options))
  const left = issues.length - sentences.length + (options.more ?? 0)
  if (left > 0)
    sentences.push(grammar.more(left))
  return sentences.join(grammar.space)
}
