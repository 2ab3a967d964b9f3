import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'
import { Radios } from '../../../../../src/engine/fleet/conversation/radio.ts'
import { parseErrorStats } from '../../../../../src/shared/alink/network-status.ts'

interface Wifi { rssi: number, snr: number, per: number, err_stats?: string }

function measure(quality: 'good' | 'fair' | 'poor', count: number, seed = 1): Wifi[] {
  const radios = new Radios(quality)
  const random = createRandom(seed, 'lamp-1')
  return Array.from({ length: count }, () => radios.measure(0, random) as unknown as Wifi)
}
const mean = (numbers: number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

describe('the radio of a device', () => {
  it('loses more packets and counts more errors the worse its signal is', () => {
    const [good, fair, poor] = (['good', 'fair', 'poor'] as const).map(quality => measure(quality, 500))
    const means = (key: 'rssi' | 'snr' | 'per') => [good!, fair!, poor!].map(list => mean(list.map(wifi => wifi[key])))
    expect(means('rssi')).toEqual(means('rssi').toSorted((a, b) => b - a))
    expect(means('snr')).toEqual(means('snr').toSorted((a, b) => b - a))
    expect(means('per')).toEqual(means('per').toSorted((a, b) => a - b))
    const errors = [good!, poor!].map(list => parseErrorStats(list.at(-1)!.err_stats ?? '').reduce((sum, { count }) => sum + count, 0))
    expect(errors[1]).toBeGreaterThan(errors[0]! + 10)
  })

  it('stays within what a radio can show, and its errors never become fewer', () => {
    let before = 0
    for (const { rssi, snr, per, err_stats } of measure('poor', 500)) {
      expect(rssi >= -97 && rssi <= -30 && snr >= 0 && per >= 0 && per <= 1_000 && [rssi, snr, per].every(Number.isInteger)).toBe(true)
      const errors = parseErrorStats(err_stats ?? '').reduce((sum, { count }) => sum + count, 0)
      expect(errors).toBeGreaterThanOrEqual(before)
      before = errors
    }
  })

  it('says the same with the same seed', () => {
    expect(measure('fair', 50)).toEqual(measure('fair', 50))
    expect(measure('fair', 50, 2)).not.toEqual(measure('fair', 50))
  })

  it('counts a lost connection, keeps devices apart and forgets them', () => {
    const radios = new Radios('good')
    const random = createRandom(1, 'a')
    radios.measure(0, random)
    radios.measure(200, random)
    radios.linkLost(200)
    expect(radios.measure(200, random).err_stats).toBe('20,02,01')
    expect(radios.measure(0, random).err_stats).toBeUndefined()
    radios.truncate(1)
    expect(radios.measure(200, random).err_stats).toBeUndefined()
  })
})
