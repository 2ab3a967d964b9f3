import { describe, expect, it } from 'vitest'
import { ConnectRate, MessageRate } from '../../../../src/engine/broker/throttle.ts'

describe('the rate of messages', () => {
  it('lets 10 with QoS 1 and 30 with QoS 0 through in one second, and counts anew in the next', () => {
    const rate = new MessageRate()
    const take = (now: number, qos: 0 | 1, count: number): (number | undefined)[] => Array.from({ length: count }, () => rate.takeUp(now, '/a', qos)?.code)
    expect(take(0, 1, 11)).toEqual([...Array.from({ length: 10 }), 1942])
    expect(take(500, 0, 31).at(-2)).toBeUndefined()
    expect(take(999, 0, 1)).toEqual([1942])
    expect(take(1_000, 1, 10).every(code => code === undefined)).toBe(true)
  })

  it('tells one busy topic from many', () => {
    const rate = new MessageRate()
    for (let at = 0; at < 10; at++)
      rate.takeUp(0, `/${at % 2}`, 1)
    expect(rate.takeUp(0, '/0', 1)).toMatchObject({ code: 9324, message: expect.stringContaining('10 messages with QoS 1') })
  })

  it('lets 50 through to a device in one second', () => {
    const rate = new MessageRate()
    expect(Array.from({ length: 51 }, () => rate.takeDown(0)).lastIndexOf(null)).toBe(49)
    expect(rate.takeDown(1_000)).toBeNull()
  })

  it('starts anew when the clock was set back', () => {
    const rate = new MessageRate()
    for (let at = 0; at < 60; at++)
      rate.takeDown(10_000)
    expect(rate.takeDown(5_000)).toBeNull()
  })
})

it('refuses the sixth login of a device in one minute, and nobody else\'s', () => {
  const rate = new ConnectRate()
  const codes = Array.from({ length: 6 }, () => rate.take(0, 7)?.code)
  expect(codes).toEqual([undefined, undefined, undefined, undefined, undefined, 429])
  expect(rate.take(0, 8)).toBeNull()
  expect(rate.take(60_000, 7)).toBeNull()
})
