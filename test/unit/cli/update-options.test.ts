import type { UpdatesWish } from '../../../src/cli/update-options.ts'
import { describe, expect, it } from 'vitest'
import { readConducts, updateOptions } from '../../../src/cli/update-options.ts'
import { quietConfigConduct, quietUpdates } from '../../../src/shared/contract/fleet-updates.ts'

const nothing: UpdatesWish = { 'firmware': undefined, 'updates': false, 'update-endings': undefined, 'update-asks': undefined, 'update-downloads': undefined, 'update-rate': undefined, 'config': false, 'config-refuse': undefined }
const read = (name: 'firmware' | 'update-endings' | 'config-refuse', text: string): unknown => updateOptions[name].kind!.read(text)

describe('what simulate lets devices do about updates', () => {
  it('is nothing unless something was asked for; a version alone is only reported', () => {
    expect(readConducts(nothing)).toEqual({ updates: quietUpdates, config: quietConfigConduct })
    expect(readConducts({ ...nothing, firmware: '1.2.3' }).updates).toEqual({ ...quietUpdates, version: '1.2.3' })
    expect(readConducts({ ...nothing, updates: true }).updates).toEqual({ ...quietUpdates, takes: true, version: '1.0.0' })
  })

  it('is read from words', () => {
    expect(read('update-endings', 'succeeds=90,stalls=10@40')).toEqual({ endings: [{ ending: 'succeeds', share: 90 }, { ending: 'stalls', share: 10 }], percent: 40 })
    expect(read('update-endings', 'powerCut')).toEqual({ endings: [{ ending: 'powerCut', share: 1 }] })
    expect(read('config-refuse', '10:100042')).toEqual({ percent: 10, code: 100_042 })
    expect(readConducts({ ...nothing, 'update-endings': { endings: [{ ending: 'stalls', share: 1 }], percent: 30 }, 'config-refuse': { percent: 5 } })).toMatchObject({ updates: { takes: true, percent: 30, endings: [{ ending: 'stalls' }] }, config: { asks: true, takes: true, refusesPercent: 5, refusalCode: 100_001 } })
  })

  it.each([
    ['firmware', 'v 1'],
    ['firmware', ''],
    ['update-endings', 'dances=1'],
    ['update-endings', 'stalls=1@40,silent=1@50'],
    ['update-endings', 'stalls=1,stalls=2'],
    ['update-endings', 'stalls=0'],
    ['update-endings', 'stalls=1@0'],
    ['config-refuse', '101'],
    ['config-refuse', '10:200'],
  ] as const)('does not take --%s %s', (name, text) => {
    expect(read(name, text)).toBeUndefined()
  })
})
