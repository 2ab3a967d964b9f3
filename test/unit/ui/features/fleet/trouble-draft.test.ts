import type { TroubleSettings } from '../../../../../src/ui/features/fleet/trouble-draft.ts'
import { expect, it } from 'vitest'
import { defaultMisbehaviour } from '../../../../../src/shared/contract/fleet-misbehaviour.ts'
import { weatherNames, weatherProfiles } from '../../../../../src/shared/contract/fleet-network.ts'
import { troubleDraft, troubleOf, weatherDraft } from '../../../../../src/ui/features/fleet/trouble-draft.ts'

const none: TroubleSettings = { network: null, misbehaviour: [] }

it('gives back the settings it was made of', () => {
  const all: TroubleSettings[] = [
    none,
    ...weatherNames.flatMap((name): TroubleSettings[] => [
      { network: { weather: name, devicesPercent: 20, windows: [{ fromSec: 0, toSec: 30, everySec: 300 }, { fromSec: 60, toSec: 90.5, everySec: null }] }, misbehaviour: [] },
      { network: { weather: weatherProfiles[name], devicesPercent: 100, windows: [] }, misbehaviour: [{ ...defaultMisbehaviour('clockSkew'), seconds: -5 }] },
    ]),
  ]
  for (const settings of all)
    expect(troubleOf(troubleDraft(settings))).toEqual({ ok: true, settings })
})

it('begins own numbers with those of the weather before', () => {
  const draft = troubleDraft({ network: { weather: 'roaming', devicesPercent: 100, windows: [] }, misbehaviour: [] })
  draft.weather = 'own'
  draft.up.jitterMs = 5
  const { roaming } = weatherProfiles
  expect(troubleOf(draft)).toMatchObject({ ok: true, settings: { network: { weather: { ...roaming, up: { ...roaming.up, jitterMs: 5 } } } } })
  expect(weatherDraft(weatherProfiles['edge-2g']).up.kilobytesPerSec).toBe(10)
})

it('names what is wrong', () => {
  const draft = troubleDraft({ network: { weather: weatherProfiles.lift, devicesPercent: 100, windows: [] }, misbehaviour: [] })
  const wrong = (change: Partial<typeof draft>): unknown => troubleOf({ ...draft, ...change })
  expect(wrong({ up: { ...draft.up, jitterMs: null } })).toEqual({ ok: false, wrong: ['weather'] })
  expect(wrong({ dropForSec: null })).toEqual({ ok: false, wrong: ['drops'] })
  expect(wrong({ windows: '9-3' })).toEqual({ ok: false, wrong: ['windows'] })
  expect(wrong({ windows: 'soon' })).toEqual({ ok: false, wrong: ['windows'] })
  expect(wrong({ devicesPercent: null })).toEqual({ ok: false, wrong: ['share'] })
  expect(wrong({ bad: { ...draft.bad, oversized: { devicesPercent: 5, perHour: null, seconds: 0, messages: 1 } } })).toEqual({ ok: false, wrong: ['bad'] })
})
