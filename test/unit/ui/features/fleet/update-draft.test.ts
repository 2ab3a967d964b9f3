import type { UpdateDraft } from '../../../../../src/ui/features/fleet/update-draft.ts'
import { describe, expect, it } from 'vitest'
import { defaultConfigConduct, defaultUpdates } from '../../../../../src/shared/contract/fleet-updates.ts'
import { conductsOf, updateDraft } from '../../../../../src/ui/features/fleet/update-draft.ts'

const before = { updates: { ...defaultUpdates, endings: [{ ending: 'succeeds' as const, share: 90 }, { ending: 'powerCut' as const, share: 2.5 }], bytesPerSec: 20_500 }, config: defaultConfigConduct }

describe('a draft of what devices do about updates', () => {
  it('says the same again', () => {
    expect(conductsOf(updateDraft(before))).toEqual({ ok: true, conducts: before })
  })

  it('shows success as the only ending while none was chosen, and leaves out what has no share', () => {
    const draft = updateDraft({ ...before, updates: defaultUpdates })
    expect(Object.entries(draft.shares).filter(([, share]) => share !== null)).toEqual([['succeeds', 100]])
    expect(conductsOf({ ...draft, shares: { ...draft.shares, succeeds: 0, stalls: 1 } })).toMatchObject({ conducts: { updates: { endings: [{ ending: 'stalls', share: 1 }] } } })
  })

  it.each<[Partial<UpdateDraft>, string[]]>([
    [{ version: 'v 1' }, ['version']],
    [{ asksEverySec: 0.5, percent: 100 }, ['asksEverySec', 'percent']],
    [{ downloadsMax: null, kilobytesPerSec: 0, refusalCode: 200 }, ['downloadsMax', 'bytesPerSec', 'refusalCode']],
    [{ flashMs: null, restartMs: 1.5, refusesPercent: 101 }, ['flashMs', 'restartMs', 'refusesPercent']],
  ])('names what is wrong: %j', (change, wrong) => {
    expect(conductsOf({ ...updateDraft(before), ...change })).toEqual({ ok: false, wrong })
  })
})
