import type { IssueRule, ValidationIssue } from '../../../../src/shared/thing-model/issue.ts'
import { describe, expect, it } from 'vitest'
import { codeTexts } from '../../../../src/shared/alink/codes.ts'
import { logCodes } from '../../../../src/shared/alink/log-codes.ts'
import { explainCode, explainedCodes, explainIssue, explainIssues } from '../../../../src/shared/thing-model/explain.ts'
import { explanationsZh } from '../../../../src/shared/thing-model/explanations.zh.ts'
import { issueSentences, typePhrases } from '../../../../src/shared/thing-model/issue-sentences.ts'
import { groupExplanationsEn } from '../../../../src/shared/thing-model/platform-explanations.en.ts'
import { groupExplanationsZh, platformExplanationsZh } from '../../../../src/shared/thing-model/platform-explanations.zh.ts'

function issue(code: number, path: string, rule: IssueRule, expected = '', got = ''): ValidationIssue {
  return { code, path, rule, expected, got }
}

describe('explainIssue', () => {
  it.each<[ValidationIssue, string, string]>([
    [
      issue(6306, 'Temperature', 'maximum', '120 °C', '140'),
      'Temperature: 140 is above the maximum 120 °C that the thing model allows (6306).',
      'Temperature：140 高于物模型允许的最大值 120 °C（6306）。',
    ],
    [
      issue(6322, 'Position.latitude', 'minimum', '-90', '-91'),
      'Position.latitude: -91 is below the minimum -90 that the thing model allows (6322).',
      'Position.latitude：-91 低于物模型允许的最小值 -90（6322）。',
    ],
    [
      issue(6308, 'heating', 'type', 'bool', 'true'),
      'heating: true is not the number 0 or 1 (bool) (6308).',
      'heating：true 不是数字 0 或 1（bool）（6308）。',
    ],
    [
      issue(6309, 'mode', 'choice', '0 (off), 1 (heat)', '7'),
      'mode: 7 is none of the values that the thing model names: 0 (off), 1 (heat) (6309).',
      'mode：7 不在物模型列出的取值中：0 (off), 1 (heat)（6309）。',
    ],
    [
      issue(6310, 'label', 'length', '12', '18'),
      'label: the text has 18 bytes in UTF-8, and the thing model allows 12 (6310).',
      'label：文本按 UTF-8 为 18 字节，物模型允许 12 字节（6310）。',
    ],
    [
      issue(6320, 'Temprature', 'unknown-property', 'Temperature', '1'),
      'Temprature: the thing model has no property of this name (6320). Did you mean Temperature?',
      'Temprature：物模型中没有这个名称的属性（6320）。是否为 Temperature？',
    ],
    [
      issue(6320, 'Foo', 'unknown-property', '', '1'),
      'Foo: the thing model has no property of this name (6320).',
      'Foo：物模型中没有这个名称的属性（6320）。',
    ],
    [
      issue(460, '', 'no-params'),
      'The report has no properties: expected "params" to be an object with at least one member, got nothing (460).',
      '上报没有属性："params" 应为至少含一个成员的对象，收到 空（460）。',
    ],
    [
      issue(200, 'Temperature.time', 'time-ignored', '', '12'),
      'Temperature.time: 12 is not a time of 13 digits up to a day ahead, so the time of arrival was used.',
      'Temperature.time：12 不是 13 位且最多超前一天的时间，已使用到达时间。',
    ],
  ])('says %j', (value, english, chinese) => {
    expect(explainIssue(value)).toBe(english)
    expect(explainIssue(value, { language: 'zh' })).toBe(chinese)
  })

  it('puts what came into the sentence as it is', () => {
    expect(explainIssue(issue(6306, 'a', 'type', 'int', '"{expected} $& $1"'))).toBe('a: "{expected} $& $1" is not a whole number of 32 bits (int) (6306).')
  })

  it('has a sentence for every rule and a phrase for every type in both languages', () => {
    expect(Object.keys(issueSentences.zh).sort()).toEqual(Object.keys(issueSentences.en).sort())
    expect(Object.keys(typePhrases.zh)).toEqual(Object.keys(typePhrases.en))
    for (const rule of Object.keys(issueSentences.en) as IssueRule[]) {
      const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()
      expect(placeholders(issueSentences.zh[rule])).toEqual(placeholders(issueSentences.en[rule]))
    }
  })
})

describe('explainIssues', () => {
  const issues = ['a', 'b', 'c', 'd', 'e'].map(path => issue(6320, path, 'unknown-property'))

  it('says three issues and counts the rest', () => {
    expect(explainIssues(issues, { more: 10 })).toBe(
      'a: the thing model has no property of this name (6320). b: the thing model has no property of this name (6320). c: the thing model has no property of this name (6320). And 12 more.',
    )
    expect(explainIssues(issues.slice(0, 4), { language: 'zh' })).toMatch(/（6320）。另有 1 处。$/)
  })

  it('counts nothing when everything is said', () => {
    expect(explainIssues(issues.slice(0, 1))).toBe('a: the thing model has no property of this name (6320).')
    expect(explainIssues([])).toBe('')
  })
})

describe('explainCode', () => {
  it('explains the same codes in both languages, without gaps', () => {
    expect(Object.keys({ ...platformExplanationsZh, ...explanationsZh }).map(Number)).toEqual(explainedCodes)
    expect(Object.keys(groupExplanationsZh)).toEqual(Object.keys(groupExplanationsEn))
    for (const code of explainedCodes) {
      for (const language of ['en', 'zh'] as const) {
        const { title, likelyCause, whatToCheck } = explainCode(code, language)
        expect([code, title !== '', likelyCause !== '', whatToCheck !== '']).toEqual([code, true, true, true])
      }
      expect([code, codeTexts[code] !== undefined]).toEqual([code, true])
    }
  })

  it('explains every code that a connection, a report or a command can end with', () => {
    const codes = [200, 400, 403, 427, 429, 460, 500, 521, 522, 1901, 1902, 1903, 1904, 1905, 1910, 1911, 1951, 2043, 5092, 5094, 5096, 5490, 6100, 6104, 6106, 6203, 6204, 6206, 6207, 6208, 6287, 6292, 6302, 6304, 6306, 6307, 6308, 6309, 6310, 6311, 6312, 6314, 6317, 6320, 6322, 6324, 6325, 6326, 6328, 6329, 6330, 6332, 6335, 6356, 6357, 6401, 6831, 9200, 9201, 9236, 9320]
    expect(codes.filter(code => !explainedCodes.includes(code))).toEqual([])
  })

  it('explains every code that there is a text for, which is every code that the platform can say', () => {
    expect(Object.keys(codeTexts).map(Number).filter(code => !explainedCodes.includes(code))).toEqual([])
  })

  it('explains every code of the log in each of its groups, in both languages', () => {
    for (const { group, code } of logCodes) {
      for (const language of ['en', 'zh'] as const) {
        const { title, likelyCause, whatToCheck } = explainCode(code, language, group)
        expect([group, code, title !== '', likelyCause !== '', whatToCheck !== '']).toEqual([group, code, true, true, true])
      }
    }
  })

  it('looks a code up in its group first', () => {
    expect(explainCode(6207, 'en', 'REP').title).toBe('Not JSON')
    expect(explainCode(6207, 'en', 'CALL').title).toBe('Answer not in the required form')
    expect(explainCode(500, 'zh', 'RSP').title).toBe('设备：内部错误')
  })

  it('falls back to the short text of a code', () => {
    expect(explainCode(100_500).title).toBe('code defined by the device')
    expect(explainCode(77).title).toBe('unknown code')
  })
})
