import type { Life } from '../../../../../src/shared/contract/fleet-life.ts'
import { expect, it } from 'vitest'
import { defaultLife } from '../../../../../src/shared/contract/fleet-life.ts'
import { lifeDraft, lifeOf } from '../../../../../src/ui/features/fleet/life-draft.ts'

const lives: Life[] = [
  defaultLife,
  { bootSec: { draw: 'uniform', min: 2, max: 8.5 }, uptime: { meanHours: 24, crashPercent: 20 }, schedule: { kind: 'daily', from: '22:00', to: '06:00', jitterSec: 60 }, battery: { property: 'Battery', deadAt: 3, recharge: { afterSec: 60, to: 90 } }, services: { reboot: ['Reboot'], powerOff: ['Off'] }, forgets: true },
  { ...defaultLife, bootSec: { draw: 'normal', mean: 5, deviation: 1, min: 0 }, schedule: { kind: 'daily', from: '07:30', to: '19:00', jitterSec: 0, utcOffsetMin: 480 }, battery: { property: 'Battery', deadAt: 0, recharge: 'never' } },
  { ...defaultLife, schedule: { kind: 'duty', onSec: 10, offSec: { draw: 'uniform', min: 50, max: 70 } } },
]

it('gives every life back as it was', () => {
  for (const life of lives)
    expect(lifeOf(lifeDraft(life))).toEqual({ ok: true, life })
})

it('names the parts that are wrong', () => {
  const draft = lifeDraft(defaultLife)
  const wrongOf = (change: Partial<typeof draft>) => {
    const made = lifeOf({ ...draft, ...change })
    return made.ok ? [] : made.wrong
  }
  expect(wrongOf({ bootSec: 'long' })).toEqual(['bootSec'])
  expect(wrongOf({ bootSec: '' })).toEqual(['bootSec'])
  expect(wrongOf({ uptimeHours: '0' })).toEqual(['uptime'])
  expect(wrongOf({ schedule: 'daily', from: '7', to: '19:00' })).toEqual(['schedule'])
  expect(wrongOf({ schedule: 'duty', onSec: '0' })).toEqual(['schedule'])
  expect(wrongOf({ property: 'Battery', rechargeSec: '5', rechargeTo: 0 })).toEqual(['battery'])
  expect(wrongOf({ bootSec: '2 – 8', uptimeHours: '1.5' })).toEqual([])
})
