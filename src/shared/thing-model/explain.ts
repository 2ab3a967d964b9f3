import type { CompiledModel } from './compile.ts'
import type { Explanation, Language } from './explanation.ts'
import type { ValidationIssue } from './issue.ts'
import { textOfCode } from '../alink/codes.ts'
import { explanationsEn } from './explanations-en.ts'
import { explanationsZh } from './explanations-zh.ts'
import { issueSentences, sentenceEndings, typePhrases } from './issue-sentences.ts'
import { nearestName } from './nearest-name.ts'

const explanations: Record<Language, Readonly<Record<number, Explanation>>> = { en: explanationsEn, zh: explanationsZh }

/** The explanation of a code; a code without one gets its short text as the title. */
export function explainCode(code: number, language: Language = 'en'): Explanation {
  return explanations[language][code] ?? {
    title: textOfCode(code),
    likelyCause: '',
    whatToCheck: '',
  }
}

/** Every code that has an explanation, in growing order. */
export const explainedCodes: readonly number[] = Object.keys(explanationsEn).map(Number)

export interface ExplainOptions {
  language?: Language
  /** With the model at hand, an unknown name is answered with the name that was probably meant. */
  model?: CompiledModel
}

/** One issue as a sentence: `Temperature: 140 is above the maximum 120 °C that the thing model allows (6306).` */
export function explainIssue(issue: ValidationIssue, { language = 'en', model }: ExplainOptions = {}): string {
  const words: Record<string, string> = {
    path: issue.path,
    expected: issue.rule === 'type'
      ? typePhrases[language][issue.expected] ?? issue.expected
      : issue.expected,
    got: issue.got === ''
      ? (language === 'zh'
          ? '空'
          : 'nothing')
      : issue.got,
    hint: issue.rule === 'unknown-property' && model
      ? hintAt(issue.path, model, language)
      : '',
  }
  const sentence = issueSentences[language][issue.rule].replace(/\{(\w+)\}/g, (_match, word: string) => words[word] ?? '')
  const code = issue.code === 200
    ? ''
    : language === 'zh'
      ? `（${issue.code}）`
      : ` (${issue.code})`
  return sentence + code + sentenceEndings[language].full
}

/** Sentences shown before the rest is only counted. */
const sentencesMax = 3

/** Several issues as one explanation; `more` are issues that are known only by their number. Empty text for none. */
export function explainIssues(issues: readonly ValidationIssue[], options: ExplainOptions & { more?: number } = {}): string {
  const { joint, more } = sentenceEndings[options.language ?? 'en']
  const shown = issues.slice(0, sentencesMax).map(issue => explainIssue(issue, options))
  const left = issues.length - shown.length + (options.more ?? 0)
  return [
    ...shown,
    ...(left > 0
      ? [
          more(left),
        ]
      : []),
  ].join(joint)
}

function hintAt(path: string, model: CompiledModel, language: Language): string {
  const meant = nearestName(path, model.properties.keys())
  if (meant === undefined)
    return ''
  return language === 'zh'
    ? `；是否为 ${meant}？`
    : `; did you mean ${meant}?`
}
