import type { ConfigConduct, UpdateConduct, UpdateEnding } from '../../../shared/contract/fleet-updates.ts'
import { configConductSchema, updateConductSchema, updateEndings } from '../../../shared/contract/fleet-updates.ts'

/** Both conducts of a fleet while they are being written: numbers may be missing. */
export interface UpdateDraft {
  takes: boolean
  version: string
  asksEverySec: number | null
  /** By ending; null: it does not come. */
  shares: Record<UpdateEnding, number | null>
  percent: number | null
  downloadsMax: number | null
  /** Null: as fast as it comes. */
  kilobytesPerSec: number | null
  flashMs: number | null
  restartMs: number | null
  configAsks: boolean
  configTakes: boolean
  refusesPercent: number | null
  refusalCode: number | null
}

export interface Conducts { updates: UpdateConduct, config: ConfigConduct }

/** The fields of a draft that can be wrong. */
export type UpdateField = 'version' | 'asksEverySec' | 'endings' | 'percent' | 'downloadsMax' | 'bytesPerSec' | 'flashMs' | 'restartMs' | 'refusesPercent' | 'refusalCode'

const bytesPerKilobyte = 1_000

/** The conducts of a fleet as a draft. */
export function updateDraft({ updates, config }: Conducts): UpdateDraft {
  const { takes, version, asksEverySec, endings, percent, downloadsMax, bytesPerSec, flashMs, restartMs } = updates
  return {
    takes,
    version,
    asksEverySec,
    shares: Object.fromEntries(updateEndings.map(ending => [ending, endings.find(one => one.ending === ending)?.share ?? (ending === 'succeeds' && endings.length === 0 ? 100 : null)])) as UpdateDraft['shares'],
    percent,
    downloadsMax,
    kilobytesPerSec: bytesPerSec === null ? null : bytesPerSec / bytesPerKilobyte,
    flashMs,
    restartMs,
    configAsks: config.asks,
    configTakes: config.takes,
    refusesPercent: config.refusesPercent,
    refusalCode: config.refusalCode,
  }
}

/** What a draft says, or the fields that are wrong. */
export function conductsOf(draft: UpdateDraft): { ok: true, conducts: Conducts } | { ok: false, wrong: UpdateField[] } {
  const endings = updateEndings.flatMap((ending) => {
    const share = draft.shares[ending]
    return share === null || share === 0 ? [] : [{ ending, share }]
  })
  const updates = updateConductSchema.safeParse({
    takes: draft.takes,
    version: draft.version.trim(),
    asksEverySec: draft.asksEverySec,
    endings,
    percent: draft.percent,
    downloadsMax: draft.downloadsMax,
    bytesPerSec: draft.kilobytesPerSec === null ? null : draft.kilobytesPerSec * bytesPerKilobyte,
    flashMs: draft.flashMs,
    restartMs: draft.restartMs,
  })
  const config = configConductSchema.safeParse({ asks: draft.configAsks, takes: draft.configTakes, refusesPercent: draft.refusesPercent, refusalCode: draft.refusalCode })
  if (updates.success && config.success)
    return { ok: true, conducts: { updates: updates.data, config: config.data } }
  const issues = [...updates.error?.issues ?? [], ...config.error?.issues ?? []]
  return { ok: false, wrong: [...new Set(issues.map(({ path }) => path[0] as UpdateField))] }
}
