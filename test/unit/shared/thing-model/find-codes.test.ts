import { expect, it } from 'vitest'
import { codeTexts } from '../../../../src/shared/alink/codes.ts'
import { logCodes } from '../../../../src/shared/alink/log-codes.ts'
import { allCodes, findCodes, lookUpCode } from '../../../../src/shared/thing-model/find-codes.ts'

const languages = ['en', 'zh'] as const

it('knows every code in each of its groups, with cause, check and where the cloud writes of it, in both languages', () => {
  for (const language of languages) {
    const all = allCodes(language)
    expect(all.filter(({ group }) => group !== null)).toHaveLength(logCodes.length)
    expect(new Set(all.map(({ code }) => code))).toEqual(new Set([...Object.keys(codeTexts).map(Number), ...logCodes.map(({ code }) => code)]))
    expect(all.filter(({ title, likelyCause, whatToCheck, section }) => [title, likelyCause, whatToCheck, section].includes(''))).toEqual([])
    expect(all.filter(({ group, trigger, groupName }) => group !== null && (trigger === null || trigger === '' || groupName === ''))).toEqual([])
  }
})

it('explains a code in its group first and tells of the others', () => {
  expect(lookUpCode(6207, 'CALL', 'en')).toMatchObject({ group: 'CALL', title: 'Answer not in the required form', otherGroups: ['REP'] })
  expect(lookUpCode(6207, null, 'zh').group).toBe('CALL')
  expect(lookUpCode(5159, null, 'en')).toMatchObject({ isSystem: true, arising: 'I' })
  expect(lookUpCode(77, null, 'en')).toMatchObject({ group: null, title: 'unknown code', trigger: null })
})

it('finds codes by number, by group and by words', () => {
  expect(findCodes('6306', 'en').map(({ code, group }) => [code, group])).toEqual([[6306, 'VAL']])
  expect(findCodes('500', 'en').map(({ group }) => group)).toEqual(expect.arrayContaining(['RSP', 'SUB']))
  expect(findCodes('630', 'en').every(({ code }) => String(code).startsWith('630'))).toBe(true)
  expect(findCodes('dev signature', 'en').map(({ code }) => code)).toEqual(expect.arrayContaining([401, 6287]))
  expect(findCodes('签名', 'zh').length).toBeGreaterThan(2)
  expect(findCodes('nothing of the kind', 'en')).toEqual([])
})
