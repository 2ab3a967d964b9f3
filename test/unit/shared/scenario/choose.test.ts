import { expect, it } from 'vitest'
import { chooseDevices, hashOf } from '../../../../src/shared/scenario/choose.ts'

const names = Array.from({ length: 200 }, (_, index) => `north-${String(index + 1).padStart(4, '0')}`)

it('takes exactly the share, at least one device, and all for the whole', () => {
  expect(chooseDevices(names, 0.05, 7, 'fail')).toHaveLength(10)
  expect(chooseDevices(names, 0.0001, 7, 'fail')).toHaveLength(1)
  expect(chooseDevices(names, 1, 7, 'fail')).toEqual(names)
  expect(chooseDevices([], 0.5, 7, 'fail')).toEqual([])
})

it('takes the same devices for the same seed and action, and others for others', () => {
  const chosen = chooseDevices(names, 0.1, 7, 'fail')
  expect(chooseDevices(names, 0.1, 7, 'fail')).toEqual(chosen)
  expect(chooseDevices(names, 0.1, 8, 'fail')).not.toEqual(chosen)
  expect(chooseDevices(names, 0.1, 7, 'stop')).not.toEqual(chosen)
  expect(chosen).toEqual(names.filter(name => chosen.includes(name)))
})

it('takes them whatever order the names come in', () => {
  expect(chooseDevices(names.toReversed(), 0.1, 7, 'fail').toReversed()).toEqual(chooseDevices(names, 0.1, 7, 'fail'))
})

it('keeps the devices of a smaller share in a greater one', () => {
  const greater = chooseDevices(names, 0.5, 7, 'fail')
  expect(chooseDevices(names, 0.1, 7, 'fail').every(name => greater.includes(name))).toBe(true)
})

it('favours no device: over many actions each has its turn', () => {
  const turns = new Map<string, number>()
  for (let action = 0; action < 400; action++)
    chooseDevices(names, 0.1, 1, `action ${action}`).forEach(name => turns.set(name, (turns.get(name) ?? 0) + 1))
  expect(turns.size).toBe(names.length)
  expect(Math.max(...turns.values())).toBeLessThan(80)
})

it('draws whole numbers of 32 bits', () => {
  const drawn = names.map(name => hashOf(0xFFFF_FFFF, name))
  expect(drawn.every(number => Number.isInteger(number) && number >= 0 && number <= 0xFFFF_FFFF)).toBe(true)
  expect(new Set(drawn).size).toBe(names.length)
})
