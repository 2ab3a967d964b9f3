import type { BehaviourParameter } from '../../../shared/contract/behaviour.ts'
import type { Life } from '../../../shared/contract/fleet-life.ts'
import { lifeSchema } from '../../../shared/contract/fleet-life.ts'

/** The life of a fleet while it is being written: numbers may be missing; what each device may draw is text, see {@link readParameter}. */
interface LifeDraft {
  bootSec: string
  /** Empty: devices do not start again by themselves. */
  uptimeHours: string
  crashPercent: number | null
  schedule: 'none' | 'daily' | 'duty'
  from: string
  to: string
  /** Minutes east of UTC; null: local time. */
  utcOffsetMin: number | null
  jitterSec: number | null
  onSec: string
  offSec: string
  /** Null: no battery. */
  property: string | null
  deadAt: number | null
  /** Empty: never. */
  rechargeSec: string
  rechargeTo: number | null
  reboot: string[]
  powerOff: string[]
  forgets: boolean
}

/** The parts of a draft that can be wrong. */
export type LifeField = 'bootSec' | 'uptime' | 'schedule' | 'battery' | 'services'

/** The life of a fleet as a draft; what it does not have begins with numbers that make sense. */
export function lifeDraft({ bootSec, uptime, schedule, battery, services, forgets }: Life): LifeDraft {
  const daily = schedule?.kind === 'daily' ? schedule : undefined
  const duty = schedule?.kind === 'duty' ? schedule : undefined
  const recharge = battery === null || battery.recharge === 'never' ? undefined : battery.recharge
  return {
    bootSec: showParameter(bootSec),
    uptimeHours: uptime === null ? '' : showParameter(uptime.meanHours),
    crashPercent: uptime?.crashPercent ?? 0,
    schedule: schedule?.kind ?? 'none',
    from: daily?.from ?? '07:00',
    to: daily?.to ?? '19:00',
    utcOffsetMin: daily?.utcOffsetMin ?? null,
    jitterSec: daily?.jitterSec ?? 0,
    onSec: showParameter(duty?.onSec ?? 10),
    offSec: showParameter(duty?.offSec ?? 50),
    property: battery?.property ?? null,
    deadAt: battery?.deadAt ?? 0,
    rechargeSec: recharge === undefined ? '' : showParameter(recharge.afterSec),
    rechargeTo: recharge?.to ?? 100,
    reboot: [...services.reboot],
    powerOff: [...services.powerOff],
    forgets,
  }
}

/** What a draft says, or the parts that are wrong. */
export function lifeOf(draft: LifeDraft): { ok: true, life: Life } | { ok: false, wrong: LifeField[] } {
  const { utcOffsetMin, rechargeSec } = draft
  const schedules = {
    none: null,
    daily: { kind: 'daily', from: draft.from.trim(), to: draft.to.trim(), jitterSec: draft.jitterSec, ...utcOffsetMin === null ? {} : { utcOffsetMin } },
    duty: { kind: 'duty', onSec: readParameter(draft.onSec), offSec: readParameter(draft.offSec) },
  }
  const parsed = lifeSchema.safeParse({
    bootSec: readParameter(draft.bootSec),
    uptime: draft.uptimeHours.trim() === '' ? null : { meanHours: readParameter(draft.uptimeHours), crashPercent: draft.crashPercent },
    schedule: schedules[draft.schedule],
    battery: draft.property === null
      ? null
      : { property: draft.property, deadAt: draft.deadAt, recharge: rechargeSec.trim() === '' ? 'never' : { afterSec: readParameter(rechargeSec), to: draft.rechargeTo } },
    services: { reboot: draft.reboot, powerOff: draft.powerOff },
    forgets: draft.forgets,
  })
  return parsed.success
    ? { ok: true, life: parsed.data }
    : { ok: false, wrong: [...new Set(parsed.error.issues.map(({ path }) => path[0] as LifeField))] }
}

/** `5`, or `2-8` for what each device draws evenly; other distributions as JSON. */
function showParameter(parameter: BehaviourParameter): string {
  if (typeof parameter === 'number')
    return String(parameter)
  return parameter.draw === 'uniform' ? `${parameter.min}-${parameter.max}` : JSON.stringify(parameter)
}

/** The opposite; undefined for what does not read. */
function readParameter(text: string): unknown {
  const [, low, high] = /^\s*(\d+(?:\.\d+)?)\s*(?:[-–]\s*(\d+(?:\.\d+)?)\s*)?$/.exec(text) ?? []
  if (low !== undefined)
    return high === undefined ? Number(low) : { draw: 'uniform', min: Number(low), max: Number(high) }
  try {
    return JSON.parse(text)
  }
  catch {
    return undefined
  }
}
