import type { ValueRow } from '../../../../../../src/ui/features/devices/value-rows.ts'
import { expect, it } from 'vitest'
import { desiredRows } from '../../../../../../src/ui/features/devices/tabs/desired-rows.ts'
import { moduleHistories } from '../../../../../../src/ui/features/devices/tabs/module-histories.ts'
import { countErrors, meaningKey } from '../../../../../../src/ui/features/devices/tabs/network-errors.ts'
import { sameValue } from '../../../../../../src/ui/features/devices/tabs/same-value.ts'
import { differingPaths } from '../../../../../../src/ui/features/devices/tabs/shadow-difference.ts'

const value = (identifier: string, latest: ValueRow['latest']): ValueRow => ({ identifier, name: '', dataType: { type: 'int' }, formerVersion: null, latest })
const at = { version: 1, at: 5 }

it('takes JSON values as the same whatever the order of members', () => {
  expect(sameValue({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  expect([sameValue([1, 2], [2, 1]), sameValue({ a: 1 }, { a: 1, b: 2 }), sameValue({ a: 1 }, { b: 1 }), sameValue(1, '1'), sameValue(null, {}), sameValue([1], { 0: 1 })]).toEqual([false, false, false, false, false, false])
})

it('puts what is desired on top and keeps the order of the rest, so that a report moves no row', () => {
  const rows = [value('free', { value: 1, time: 1 }), value('same', { value: 2, time: 1 }), value('differs', { value: 3, time: 1 }), value('gone', { value: 4, time: 1 }), value('silent', null)]
  const shown = desiredRows(rows, { same: { value: 2, ...at }, differs: { value: 9, ...at }, gone: { value: null, ...at }, silent: { value: 5, ...at }, stranger: { value: 6, ...at } })
  expect(shown.map(({ identifier, state }) => `${identifier} ${state}`)).toEqual(['same same', 'differs differs', 'silent differs', 'stranger differs', 'free none', 'gone none'])
})

it('marks only the parts of a shadow that differ', () => {
  const paths = (desired: object, reported: object) => [...differingPaths(desired as never, reported as never, 'x').keys()]
  expect(paths({ led: 'green', limits: { high: 9, low: 1 }, list: [1] }, { led: 'red', limits: { high: 9, low: 2 }, list: [1] })).toEqual(['/led', '/limits/low'])
  expect(paths({ limits: { high: 9 } }, { limits: 3 })).toEqual(['/limits'])
  expect(paths({ a: 1 }, {})).toEqual(['/a'])
  expect(paths({}, { a: 1 })).toEqual([])
})

it('tells how long a module had each of its versions', () => {
  const changes = [{ changeId: 3, module: 'DEFAULT', version: '1.1', reportedAt: 30 }, { changeId: 2, module: 'mcu', version: '7', reportedAt: 20 }, { changeId: 1, module: 'default', version: '1.0', reportedAt: 10 }]
  const versions = [{ module: 'default', version: '1.1', reportedAt: 40 }, { module: 'mcu', version: '8', reportedAt: 50 }, { module: 'new', version: '1', reportedAt: 60 }]
  expect(moduleHistories(versions, changes)).toEqual([
    { module: 'default', reportedAt: 40, entries: [{ version: '1.1', fromAt: 30, untilAt: null }, { version: '1.0', fromAt: 10, untilAt: 30 }] },
    { module: 'mcu', reportedAt: 50, entries: [{ version: '8', fromAt: 50, untilAt: null }, { version: '7', fromAt: 20, untilAt: 50 }] },
    { module: 'new', reportedAt: 60, entries: [{ version: '1', fromAt: 60, untilAt: null }] },
  ])
})

it('adds up the errors of several reports, the most frequent first, and knows which it has words for', () => {
  const error = (type: string, code: string, count: number) => ({ type, code, count, meaning: 'm' })
  const sums = countErrors([{ errors: [error('10', '02', 1), error('20', '03', 2)] }, { errors: [] }, { errors: [error('10', '02', 4)] }])
  expect(sums.map(({ type, code, count }) => [type, code, count])).toEqual([['10', '02', 5], ['20', '03', 2]])
  expect([meaningKey(error('10', '02', 1)), meaningKey(error('77', '02', 1))]).toEqual(['deviceTab.network.meaning.e1002', null])
})
