import type { Misbehaviour, MisbehaviourKind } from '../../../shared/contract/fleet-misbehaviour.ts'
import type { Network, Weather, WeatherName } from '../../../shared/contract/fleet-network.ts'
import { defaultMisbehaviour, misbehaviourKinds, misbehavioursSchema } from '../../../shared/contract/fleet-misbehaviour.ts'
import { networkSchema, weatherOf, weatherProfiles } from '../../../shared/contract/fleet-network.ts'

/** One direction while it is written; the rate in kB/s, null: unlimited. */
interface WayDraft { latencyMsMin: number | null, latencyMsMax: number | null, jitterMs: number | null, kilobytesPerSec: number | null, lossPercent: number | null }

/** Network and misbehaviour of a fleet while they are written: numbers may be missing. */
export interface TroubleDraft {
  weather: WeatherName | 'none' | 'own'
  up: WayDraft
  down: WayDraft
  /** Null: never. */
  dropEverySec: number | null
  dropForSec: number | null
  together: boolean
  cutWay: 'none' | 'up' | 'down'
  cutEverySec: number | null
  cutForSec: number | null
  devicesPercent: number | null
  /** `60-90` or `0-30/300`, one a line. */
  windows: string
  bad: Record<MisbehaviourKind, BadDraft>
}

/** One kind; without a share it is off. */
interface BadDraft { devicesPercent: number | null, perHour: number | null, seconds: number | null, messages: number | null }

export interface TroubleSettings { network: Network | null, misbehaviour: Misbehaviour[] }

/** The parts of a draft that can be wrong. */
export type TroubleField = 'weather' | 'drops' | 'windows' | 'share' | 'bad'

const bytesPerKilobyte = 1_000

/** The settings of a fleet as a draft. */
export function troubleDraft({ network, misbehaviour }: TroubleSettings): TroubleDraft {
  return {
    weather: network === null ? 'none' : typeof network.weather === 'string' ? network.weather : 'own',
    ...weatherDraft(network === null ? weatherProfiles.perfect : weatherOf(network)),
    devicesPercent: network?.devicesPercent ?? 100,
    windows: (network?.windows ?? []).map(({ fromSec, toSec, everySec }) => `${fromSec}-${toSec}${everySec === null ? '' : `/${everySec}`}`).join('\n'),
    bad: Object.fromEntries(misbehaviourKinds.map((kind) => {
      const { devicesPercent, perHour, seconds, messages } = misbehaviour.find(one => one.kind === kind) ?? { ...defaultMisbehaviour(kind), devicesPercent: null }
      return [kind, { devicesPercent, perHour, seconds, messages }]
    })) as TroubleDraft['bad'],
  }
}

/** The numbers of a weather as the part of a draft that shows them. */
export function weatherDraft({ up, down, drops, oneWayCut }: Weather): Omit<TroubleDraft, 'weather' | 'devicesPercent' | 'windows' | 'bad'> {
  const way = ({ bytesPerSec, ...rest }: Weather['up']): WayDraft => ({ ...rest, kilobytesPerSec: bytesPerSec === null ? null : bytesPerSec / bytesPerKilobyte })
  return {
    up: way(up),
    down: way(down),
    dropEverySec: drops?.everySec ?? null,
    dropForSec: drops?.forSec ?? null,
    together: drops?.together ?? false,
    cutWay: oneWayCut?.way ?? 'none',
    cutEverySec: oneWayCut?.everySec ?? null,
    cutForSec: oneWayCut?.forSec ?? null,
  }
}

/** What a draft says, or the parts that are wrong. */
export function troubleOf(draft: TroubleDraft): { ok: true, settings: TroubleSettings } | { ok: false, wrong: TroubleField[] } {
  const wrong = new Set<TroubleField>()
  const network = draft.weather === 'none' ? null : networkOf(draft, draft.weather, wrong)
  const bad = misbehavioursSchema.safeParse(misbehaviourKinds.flatMap((kind) => {
    const { devicesPercent, perHour, seconds, messages } = draft.bad[kind]
    return devicesPercent === null || devicesPercent === 0 ? [] : [{ kind, devicesPercent, perHour, seconds, messages }]
  }))
  if (!bad.success)
    wrong.add('bad')
  return wrong.size > 0 || !bad.success ? { ok: false, wrong: [...wrong] } : { ok: true, settings: { network, misbehaviour: bad.data } }
}

function networkOf(draft: TroubleDraft, name: WeatherName | 'own', wrong: Set<TroubleField>): Network | null {
  const windows = draft.windows.split('\n').map(line => line.trim()).filter(line => line !== '').map((line) => {
    const [, from, to, every] = /^([\d.]+)\s*-\s*([\d.]+)(?:\s*\/\s*([\d.]+))?$/.exec(line) ?? []
    return { fromSec: Number(from ?? Number.NaN), toSec: Number(to ?? Number.NaN), everySec: every === undefined ? null : Number(every) }
  })
  const way = ({ kilobytesPerSec, ...rest }: WayDraft) => ({ ...rest, bytesPerSec: kilobytesPerSec === null ? null : kilobytesPerSec * bytesPerKilobyte })
  const weather = name !== 'own'
    ? name
    : {
        up: way(draft.up),
        down: way(draft.down),
        drops: draft.dropEverySec === null ? null : { everySec: draft.dropEverySec, forSec: draft.dropForSec, together: draft.together },
        oneWayCut: draft.cutWay === 'none' ? null : { way: draft.cutWay, everySec: draft.cutEverySec, forSec: draft.cutForSec },
      }
  const parsed = networkSchema.safeParse({ weather, devicesPercent: draft.devicesPercent, windows })
  if (parsed.success)
    return parsed.data
  const part = { weather: 'weather', windows: 'windows', devicesPercent: 'share' } as const
  for (const { path } of parsed.error.issues)
    wrong.add(part[path[0] as keyof typeof part])
  // A weather is a name or numbers, so that what is wrong with the numbers is not told apart.
  if (wrong.has('weather') && name === 'own' && networkSchema.safeParse({ weather: { ...weather as object, drops: null, oneWayCut: null } }).success) {
    wrong.delete('weather')
    wrong.add('drops')
  }
  return null
}
