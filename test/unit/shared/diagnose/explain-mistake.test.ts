import type { MistakeKind } from '../../../../src/shared/diagnose/mistake.ts'
import { describe, expect, it } from 'vitest'
import { explainMistake, mistakeLine, shortMistake } from '../../../../src/shared/diagnose/explain-mistake.ts'
import { mistakeWordsEn } from '../../../../src/shared/diagnose/mistake-words.en.ts'
import { mistakeWordsZh } from '../../../../src/shared/diagnose/mistake-words.zh.ts'

const kinds = Object.keys(mistakeWordsEn) as MistakeKind[]

describe('explainMistake', () => {
  it.each(kinds)('says %s in both languages, each with the same facts', (kind) => {
    const facts = (text: string) => (text.match(/\{(?:path|expected|got|gotDate|expectedDate)\}/g) ?? []).sort()
    const [en, zh] = [mistakeWordsEn[kind], mistakeWordsZh[kind]]
    for (const part of ['short', 'what', 'cause', 'fix'] as const) {
      expect(en[part]).not.toBe('')
      expect(zh[part]).not.toBe(en[part] === 'QoS 2' ? '' : en[part])
    }
    expect(new Set(facts(zh.what + zh.fix))).toEqual(new Set(facts(en.what + en.fix)))
    expect(shortMistake(kind, 'zh')).toBe(zh.short)
  })

  it('puts in the facts, and a time as a date', () => {
    const { what, fix } = explainMistake({ kind: 'time-seconds', path: 'temperature.time', expected: '1735689600000', got: '1735689600' })
    expect(what).toBe('temperature.time: 1735689600 is a time in seconds; read as milliseconds it is 1970-01-21 02:08:09 UTC, meant is probably 2025-01-01 00:00:00 UTC.')
    expect(fix).toContain('1735689600000')
  })

  it('makes one line of what happened and what to do', () => {
    expect(mistakeLine({ kind: 'retained', path: '', expected: '', got: '' })).toMatch(/retained.*Publish with retain 0/)
    expect(mistakeLine({ kind: 'retained', path: '', expected: '', got: '' }, 'zh')).toContain('retain 0')
  })
})
