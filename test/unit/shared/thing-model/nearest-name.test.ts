import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../../src/shared/thing-model/nearest-name.ts'

const known = ['temperature', 'targetTemperature', 'mode', 'pump:Flow']

describe('nearestName', () => {
  it.each([
    ['Temperature', 'temperature'],
    ['temprature', 'temperature'],
    ['temperatuer', 'temperature'],
    ['MODE', 'mode'],
    ['pump:Flow2', 'pump:Flow'],
    ['mod', undefined],
    ['humidity', undefined],
    ['', undefined],
    ['t'.repeat(500), undefined],
  ])('answers %s with %s', (name, meant) => {
    expect(nearestName(name, known)).toBe(meant)
  })
})
