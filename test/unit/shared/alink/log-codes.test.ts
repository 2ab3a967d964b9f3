import { expect, it } from 'vitest'
import { findLogCode, groupOfRecord, logCodes } from '../../../../src/shared/alink/log-codes.ts'
import { explainedCodes } from '../../../../src/shared/thing-model/explain.ts'

it('tells what a device answered from what the platform found wrong with the answer', () => {
  expect(groupOfRecord('ThingService', 460, true)).toBe('RSP')
  expect(groupOfRecord('ThingService', 100_001, true)).toBe('RSP')
  expect(groupOfRecord('ThingService', 6207, true)).toBe('CALL')
  expect(groupOfRecord('ThingService', 9201, false)).toBe('CALL')
  expect([groupOfRecord('downlink', 9201, false), groupOfRecord('RuleEngine', 9307, false), groupOfRecord('DeviceShadow', 460, false)]).toEqual(['MSG', 'MSG', null])
})

it('knows a code in its group first', () => {
  expect(findLogCode(6207, 'REP')).toMatchObject({ group: 'REP', trigger: { en: 'report that is not JSON' } })
  expect(findLogCode(6207, 'CALL')?.group).toBe('CALL')
  expect(findLogCode(9307, null)?.group).toBe('MSG')
  expect(findLogCode(1, 'MSG')).toBeUndefined()
})

it('has each code once in a group, and an explanation of each', () => {
  const keys = logCodes.map(({ group, code }) => `${group}/${code}`)
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
  expect(logCodes.filter(({ code }) => !explainedCodes.includes(code))).toEqual([])
})
