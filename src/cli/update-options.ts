import type { ConfigConduct, UpdateConduct, UpdateEnding } from '../shared/contract/fleet-updates.ts'
import type { ValueKind } from './option.ts'
import { defaultUpdates, quietConfigConduct, quietUpdates, updateConductSchema, updateEndings } from '../shared/contract/fleet-updates.ts'
import { flag, optional, wholeNumber } from './option.ts'

/** Shares by ending, and the percent of the download at which what happens during it happens. */
interface EndingsWish { endings: UpdateConduct['endings'], percent?: number }

/** `succeeds=90,stalls=10@40`: the percent is one for all endings. */
const endings: ValueKind<EndingsWish> = {
  expected: `ENDING=SHARE[@PERCENT][,…], the same percent for all, with an ending of ${updateEndings.join(', ')}`,
  read(text) {
    const list: UpdateConduct['endings'] = []
    let percent: number | undefined
    for (const word of text.split(',')) {
      const [, name, share = '1', at] = /^([a-z]+)(?:=(\d{1,6}(?:\.\d+)?))?(?:@(\d{1,2}))?$/i.exec(word) ?? []
      const ending = updateEndings.find(known => known === name)
      if (ending === undefined || list.some(one => one.ending === ending) || (at !== undefined && percent !== undefined && Number(at) !== percent))
        return undefined
      percent = at === undefined ? percent : Number(at)
      list.push({ ending: ending satisfies UpdateEnding, share: Number(share) })
    }
    const isSound = updateConductSchema.safeParse({ ...defaultUpdates, endings: list, percent: percent ?? defaultUpdates.percent }).success
    return isSound ? { endings: list, ...(percent !== undefined && { percent }) } : undefined
  },
}

const version: ValueKind<string> = {
  expected: 'up to 64 letters, digits, or . _ -',
  read: text => text === '' ? undefined : updateConductSchema.shape.version.safeParse(text).data,
}

/** `10` or `10:100001`. */
const refusals: ValueKind<{ percent: number, code?: number }> = {
  expected: 'PERCENT or PERCENT:CODE, up to 100 percent and a code other than 200',
  read(text) {
    const [, percent, code] = /^(\d{1,3})(?::(\d{1,6}))?$/.exec(text) ?? []
    if (percent === undefined || Number(percent) > 100 || Number(code) === 200 || Number(code) === 0)
      return undefined
    return { percent: Number(percent), ...(code !== undefined && { code: Number(code) }) }
  },
}

/** What the devices of `simulate` do about updates and remote configuration; without any of these, nothing. */
export const updateOptions = {
  'firmware': optional(version, { about: 'Firmware version that devices report after connecting; with --updates, the one before the first update.', placeholder: 'VERSION' }),
  'updates': flag('Take updates: download them, restart and report the new version.'),
  'update-endings': optional(endings, { about: 'How updates go, by shares, such as succeeds=90,stalls=10@40; which device takes which ending depends on its name and the seed.', placeholder: 'LIST' }),
  'update-asks': optional(wholeNumber(1, 86_400), { about: 'Ask for updates after connecting and again every so many seconds, besides waiting to be told.', placeholder: 'S' }),
  'update-downloads': optional(wholeNumber(1, 5_000), { about: `Downloads under way at a time in all; without it, ${defaultUpdates.downloadsMax}.`, placeholder: 'N' }),
  'update-rate': optional(wholeNumber(1, 1_000_000_000), { about: 'Bytes a second of each download; without it, as fast as it comes.', placeholder: 'BYTES' }),
  'config': flag('Ask for the remote configuration after connecting, and apply it whenever it comes.'),
  'config-refuse': optional(refusals, { about: 'Of a hundred devices, how many refuse a configuration, and with which code.', placeholder: 'PERCENT[:CODE]' }),
}

export interface UpdatesWish {
  'firmware': string | undefined
  'updates': boolean
  'update-endings': EndingsWish | undefined
  'update-asks': number | undefined
  'update-downloads': number | undefined
  'update-rate': number | undefined
  'config': boolean
  'config-refuse': { percent: number, code?: number } | undefined
}

/** The conducts that were asked for; whoever says how updates go wants them. */
export function readConducts(wish: UpdatesWish): { updates: UpdateConduct, config: ConfigConduct } {
  const { 'update-endings': how, 'config-refuse': refuses } = wish
  const takes = wish.updates || how !== undefined || wish['update-asks'] !== undefined || wish['update-downloads'] !== undefined || wish['update-rate'] !== undefined
  const takesConfig = wish.config || refuses !== undefined
  return {
    updates: {
      ...quietUpdates,
      takes,
      version: wish.firmware ?? (takes ? defaultUpdates.version : ''),
      asksEverySec: wish['update-asks'] ?? 0,
      endings: how?.endings ?? [],
      percent: how?.percent ?? defaultUpdates.percent,
      downloadsMax: wish['update-downloads'] ?? defaultUpdates.downloadsMax,
      bytesPerSec: wish['update-rate'] ?? null,
    },
    config: {
      asks: takesConfig,
      takes: takesConfig,
      refusesPercent: refuses?.percent ?? 0,
      refusalCode: refuses?.code ?? quietConfigConduct.refusalCode,
    },
  }
}
