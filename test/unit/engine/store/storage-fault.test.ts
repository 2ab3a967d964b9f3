import { expect, it } from 'vitest'
import { causeOf, damagedContent, faultOf } from '../../../../src/engine/store/storage-fault.ts'

const withCode = (code: string, message = 'something') => Object.assign(new Error(message), { code })

it.each([
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_CORRUPT_INDEX', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_FULL', 'unwritable'],
  ['SQLITE_IOERR_WRITE', 'unwritable'],
  ['SQLITE_READONLY_DBMOVED', 'unwritable'],
  ['SQLITE_CANTOPEN', 'unwritable'],
  ['SQLITE_BUSY', 'unwritable'],
  ['ENOSPC', 'unwritable'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'statement'],
  ['SQLITE_ERROR', 'statement'],
  ['ERR_INVALID_ARG_TYPE', 'statement'],
])('sorts %s as %s', (code, fault) => {
  expect(faultOf(withCode(code))).toBe(fault)
})

it('blames the statement for an error of binding, which has no code', () => {
  expect(faultOf(new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null'))).toBe('statement')
})

it('counts content that cannot be what was written as damage', () => {
  expect(faultOf(damagedContent('The samples end too early.'))).toBe('damaged')
})

it('says the cause in words, with the code to look it up by', () => {
  expect(causeOf(withCode('SQLITE_FULL'))).toBe('the disk is full (SQLITE_FULL)')
  expect(causeOf(withCode('EACCES'))).toBe('permission denied (EACCES)')
  expect(causeOf(new Error('out of cheese'))).toBe('out of cheese')
})
