import { expect, it } from 'vitest'
import { explainFailure } from '../../../../src/shared/firmware/check-words.ts'

const failure = { at: 0, rowId: 1, code: null, detail: null }

it('says why a step failed, in both languages', () => {
  expect(explainFailure({ ...failure, reason: 'notSubscribed', value: '/a/b' })).toBe('The platform had a message on /a/b, and the device has not subscribed to that topic.')
  expect(explainFailure({ ...failure, reason: 'notSubscribed', value: '/a/b' }, 'zh')).toContain('/a/b')
  expect(explainFailure({ ...failure, reason: 'noAnswer' })).toContain('within 10 s')
  expect(explainFailure({ ...failure, reason: 'refused', code: 6287 })).toContain('6287')
})
