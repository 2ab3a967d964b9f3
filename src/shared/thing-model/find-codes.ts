import type { Arising, CodeGroup } from '../alink/log-codes.ts'
import type { Explanation, Language } from './explanation.ts'
import { codeTexts } from '../alink/codes.ts'
import { codeGroups, findLogCode, groupNames, logCodes } from '../alink/log-codes.ts'
import { explainCode } from './explain.ts'

/** Everything that is known of a code in one of its groups. */
export interface CodeHelp extends Explanation {
  code: number
  /** Null for a code of a reply that the table of the platform's log does not list. */
  group: CodeGroup | null
  groupName: string
  /** What was done when it arises: the rule that was broken, said as its breach. Null where it is not listed. */
  trigger: string | null
  arising: Arising | null
  /** The cloud's own internal trouble there, never a mistake of the user. */
  isSystem: boolean
  /** Where the cloud's documentation speaks of it, in words. */
  section: string
  /** Other groups in which the same code stands. */
  otherGroups: CodeGroup[]
}

const sectionStart: Record<Language, string> = { en: 'Monitoring and maintenance, “IoT Platform logs”, error codes: ', zh: '监控运维“云端运行日志”错误码：' }
const replySection: Record<Language, string> = { en: 'Alink protocol, “Common codes on devices” and the page of the topic', zh: 'Alink 协议“设备端通用 code”及对应 Topic 的文档' }

/** Explains a code, in a group first and in any other second (platform rule ERR-1). */
export function lookUpCode(code: number, group: CodeGroup | null, language: Language): CodeHelp {
  const entry = findLogCode(code, group)
  const found = entry?.group ?? null
  return {
    ...explainCode(code, language, found),
    code,
    group: found,
    groupName: found === null ? '' : groupNames[found][language],
    trigger: entry?.trigger[language] ?? null,
    arising: entry?.arising ?? null,
    isSystem: entry?.isSystem ?? false,
    section: found === null ? replySection[language] : sectionStart[language] + groupNames[found][language],
    otherGroups: logCodes.filter(one => one.code === code && one.group !== found).map(one => one.group),
  }
}

/** Every code in each of its groups, group by group, and those of replies last. */
export function allCodes(language: Language): CodeHelp[] {
  const listed = codeGroups.flatMap(group => logCodes.filter(entry => entry.group === group).map(({ code }) => lookUpCode(code, group, language)))
  const known = new Set(listed.map(({ code }) => code))
  return [...listed, ...Object.keys(codeTexts).map(Number).filter(code => !known.has(code)).map(code => lookUpCode(code, null, language))]
}

/** Codes by the beginning of their number, a group, or words of their title and cause; a code that is written out whole comes first. */
export function findCodes(query: string, language: Language): CodeHelp[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0)
    return allCodes(language)
  const found = allCodes(language).filter(({ code, group, groupName, title, likelyCause, trigger }) => {
    const text = [title, likelyCause, trigger ?? '', groupName].join(' ').toLowerCase()
    return words.every(word => String(code).startsWith(word) || group?.toLowerCase() === word || (!/^\d+$/.test(word) && text.includes(word)))
  })
  const isWhole = ({ code }: CodeHelp): boolean => words.includes(String(code))
  return [...found.filter(isWhole), ...found.filter(one => !isWhole(one))]
}
