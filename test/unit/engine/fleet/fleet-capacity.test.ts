import { describe, expect, it } from 'vitest'
import { capacityOf, checkCapacity, commonBeginning } from '../../../../src/engine/fleet/fleet-capacity.ts'
import { certificates } from '../../../support/simulated-fleet.ts'

describe('what a machine can hold', () => {
  it('is what a process may open, less what it needs itself, and never more than the product allows', () => {
    expect(capacityOf(1_024).devicesPerProcess).toBe(960)
    expect(capacityOf(20_000).devicesPerProcess).toBe(18_000)
    expect(capacityOf(null).devicesPerProcess).toBe(18_000)
    expect(capacityOf(10).devicesPerProcess).toBe(1)
  })

  it('is refused beyond with a sentence that names the limit and the way out', () => {
    expect(() => checkCapacity(7_680, capacityOf(1_024))).not.toThrow()
    expect(() => checkCapacity(7_681, capacityOf(1_024))).toThrow('7681 devices need more open files than this system allows: a process may open 1024, which is enough for 960 devices, and a fleet uses at most 8 processes. Use at most 7680 devices, or raise the limit')
    expect(() => checkCapacity(50_001, capacityOf(null))).toThrow('A fleet has at most 50000 devices, but 50001 were asked for.')
  })
})

describe('the common beginning of two lists of devices', () => {
  it('ends where a device is another one or has another secret', () => {
    const ten = certificates(10)
    expect(commonBeginning(ten, certificates(12))).toBe(10)
    expect(commonBeginning(ten, certificates(4))).toBe(4)
    expect(commonBeginning(ten, [])).toBe(0)
    expect(commonBeginning(ten, ten.map((device, index) => index === 6 ? { ...device, deviceSecret: 'new' } : device))).toBe(6)
  })
})
