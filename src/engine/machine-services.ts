import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { LimitReport, LimitStretch } from '../shared/contract/limit.ts'
import type { MachineSpeed } from '../shared/contract/preflight.ts'
import type { Log } from '../shared/log.ts'
import type { EngineConfig } from './config.ts'
import type { OpenThrowAway } from './measure-machine.ts'
import type { Notices } from './notices.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { StatusContext, StatusWatch } from './status-watch.ts'
import { AppError } from '../shared/errors.ts'
import { describePastLimit } from '../shared/limit-words.ts'
import { limits } from '../shared/limits.ts'
import { sourceCount } from './fleet/broker-address.ts'
import { capacityOf, engineRoom, needsSpreadSources } from './fleet/fleet-capacity.ts'
import { LimitKeeper } from './limit/limit-keeper.ts'
import { RunLimits } from './limit/run-limits.ts'
import { readMachineFacts } from './machine-facts.ts'
import { measureMachine } from './measure-machine.ts'
import { preflight } from './preflight/preflight.ts'
import { createStatusWatch } from './status-watch.ts'

export interface MachineServicesContext extends Omit<StatusContext, 'keptBytesMax' | 'limitKeeper' | 'hasVirtualTime' | 'onRunning'> {
  config: Pick<EngineConfig, 'workspaceDir' | 'hasVirtualTime' | 'resourcesDir' | 'spawnFleet' | 'version'>
  clock: Clock
  log: Log
  settings: SettingsStore
  notices: Notices
  /** Opens an engine on a workspace that is thrown away, to be measured. */
  openThrowAway: OpenThrowAway
}

/** What the bench knows of the machine it runs on: its figures, when it was the limit, whether it can run a fleet. */
export interface MachineServices {
  status: StatusWatch
  /** When this machine was the limit between two instants, epoch milliseconds. */
  limitsBetween: (fromAt: number, toAt: number) => LimitReport
  methods: Pick<EngineApi['methods'], 'app.limits' | 'app.preflight' | 'app.measureMachine'>
  close: () => void
}

/** Begins to take the figures of the machine. */
export function openMachineServices(context: MachineServicesContext): MachineServices {
  const { clock, config, settings, store, fleets, notices } = context
  const log = context.log.child({ part: 'limits' })
  const keeper = new LimitKeeper((stretch, change) => logChange(stretch, change))
  const runLimits = new RunLimits({
    between: (fromAt, toAt) => keeper.between(fromAt, toAt),
    tell: message => notices.add('warning', 'machine-limit', message),
  })
  const status = createStatusWatch({
    ...context,
    keptBytesMax: () => settings.get('trace.keepBytesMax'),
    limitKeeper: keeper,
    hasVirtualTime: config.hasVirtualTime ?? false,
    onRunning: (fleetIds, at) => runLimits.running(fleetIds, at),
  })
  let speed: MachineSpeed | null = null
  let measuring: Promise<MachineSpeed> | undefined

  function logChange({ part, fromAt, toAt, worst }: LimitStretch, change: 'began' | 'ended'): void {
    log.info(`This machine ${change === 'began' ? 'is' : 'was'} the limit: ${describePastLimit('en', { part, figures: worst, forMs: (toAt ?? clock.now()) - fromAt })}.`, { part })
  }

  async function measure(): Promise<MachineSpeed> {
    if (config.hasVirtualTime)
      throw new AppError('method/unknown', 'A run with virtual time cannot measure how fast this machine is.')
    const running = fleets.list().find(({ state }) => state !== 'stopped' && state !== 'failed')
    if (running !== undefined)
      throw new AppError('fleet/running', `The fleet ${running.name} runs; this machine can be measured once all are stopped, because both would come out too slow.`, { fleetId: running.fleetId })
    speed = await measureMachine({ clock, workspaceDir: config.workspaceDir, openThrowAway: context.openThrowAway })
    return speed
  }

  return {
    status,
    limitsBetween: (fromAt, toAt) => keeper.between(fromAt, toAt),
    methods: {
      'app.limits': ({ fromAt = Number.NEGATIVE_INFINITY, toAt = clock.now() }) => keeper.between(fromAt, toAt),
      'app.preflight': async (wish) => {
        const facts = await readMachineFacts({
          workspaceDir: config.workspaceDir,
          keptBytes: store.stats().diskBytes,
          keptBytesMax: settings.get('trace.keepBytesMax'),
          keepDays: settings.get('trace.keepDays'),
          speed,
        })
        return preflight(wish, facts, {
          devicesPerProcess: capacityOf(facts.openFilesMax).devicesPerProcess,
          processesMax: limits.fleetProcessesMax,
          engineRoom: engineRoom(facts),
          sourcesOf: devices => needsSpreadSources(devices) ? sourceCount : 1,
        })
      },
      'app.measureMachine': () => measuring ??= measure().finally(() => measuring = undefined),
    },
    close: () => status.close(),
  }
}
