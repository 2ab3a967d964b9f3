import { describe, expect, it } from 'vitest'
import { checkEntries, describeFault } from '../../../../../src/engine/platform/device-batch/rules.ts'

describe('names of a batch', () => {
  it('are told apart: a wrong form, a name that is there twice, one that a device has, a wrong nickname', () => {
    const devices = [['lamp-0001', ''], ['lamp', ''], ['lam', ''], ['lamp', ''], ['taken', ''], ['hall', 'abc'], ['attic', '灯光']] as const
    const entries = checkEntries(devices.map(([deviceName, nickname]) => ({ deviceName, nickname })), name => name === 'taken')
    expect(entries.map(({ fault }) => fault)).toEqual(['', '', 'name', 'repeated', 'taken', 'nickname', ''])
  })

  it('that are repeated and wrong are wrong', () => {
    expect(checkEntries([{ deviceName: 'x', nickname: '' }, { deviceName: 'x', nickname: '' }], () => false).map(({ fault }) => fault)).toEqual(['name', 'name'])
  })

  it('have their faults said in a sentence', () => {
    for (const fault of ['name', 'nickname', 'repeated', 'taken'] as const)
      expect(describeFault(fault, { deviceName: 'lamp-0001', nickname: 'abc' })).toMatch(/^[A-Z].*(?:lamp-0001|"abc").*\.$/)
  })
})
