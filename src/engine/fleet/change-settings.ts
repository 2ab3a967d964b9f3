import type { FleetSettings, FleetSettingsChange } from '../../shared/contract/fleet.ts'
import type { FleetChange } from './running-fleet.ts'
import { mannersOf } from './target/fleet-targets.ts'
import { withoutUndefined } from './without-undefined.ts'

/** Whatever a change leaves out stays, also inside the conversation, the conducts and the life. */
export function changeSettings(settings: FleetSettings, { conversation, updates, config, report, life, secrets: _, ...change }: FleetSettingsChange): FleetSettings {
  return {
    ...settings,
    ...withoutUndefined(change),
    conversation: { ...settings.conversation, ...withoutUndefined(conversation ?? {}) },
    updates: { ...settings.updates, ...withoutUndefined(updates ?? {}) },
    config: { ...settings.config, ...withoutUndefined(config ?? {}) },
    report: { ...settings.report, ...withoutUndefined(report ?? {}) },
    life: { ...settings.life, ...withoutUndefined(life ?? {}) },
  }
}

/** What a running fleet is told of a change, which `settings` have taken already; its devices are not among it. */
export function changeForRunning(settings: FleetSettings, { intervalSec, ...change }: FleetSettingsChange): FleetChange {
  const { behaviours, qos, connectPerSec, network, misbehaviour } = settings
  const { conversation, updates, config, report, life } = mannersOf(settings)
  return {
    ...change.behaviours !== undefined && { behaviours },
    ...change.qos !== undefined && { qos },
    ...change.connectPerSec !== undefined && { connectPerSec },
    ...change.conversation !== undefined && { conversation },
    ...change.updates !== undefined && { updates },
    ...change.config !== undefined && { config },
    ...change.network !== undefined && { network },
    ...change.misbehaviour !== undefined && { misbehaviour },
    ...change.report !== undefined && { report },
    ...change.life !== undefined && { life },
    ...intervalSec !== undefined && { intervalMs: intervalSec * 1000 },
  }
}
