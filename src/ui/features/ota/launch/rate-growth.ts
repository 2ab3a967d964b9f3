import type { PushRate } from '../../../../shared/ota/push-rate.ts'
import { rateAfter } from '../../../../shared/ota/push-rate.ts'

/** A stretch of a rollout in which the rate stays the same. */
export interface RateStage {
  /** Devices that were told before it. */
  told: number
  perMinute: number
  /** Minutes from the start of the batch to the start of the stage. */
  atMinute: number
}

/** Stages that are told; a slow growth has more. */
const stagesMax = 400

/**
 * How a push rate grows over so many devices when all of them are online and, where the rate counts successes, succeed at once;
 * and the minutes until the last one is told. A rate that never grows is one stage.
 */
export function growthOf(rate: Exclude<PushRate, { kind: 'unlimited' }>, devices: number): { stages: RateStage[], minutes: number } {
  const stages: RateStage[] = []
  let told = 0
  let minutes = 0
  while (told < devices) {
    const perMinute = rateAfter(rate, told)
    if (stages.length < stagesMax && perMinute !== stages.at(-1)?.perMinute)
      stages.push({ told, perMinute, atMinute: minutes })
    const isSteady = rate.kind === 'constant' || perMinute >= rate.max || rate.factor === 1
    const next = isSteady ? devices : Math.min(devices, told + rate.threshold)
    minutes += (next - told) / perMinute
    told = next
  }
  return { stages, minutes }
}
