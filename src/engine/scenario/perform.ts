import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { FaultScope } from '../../shared/contract/platform-fault.ts'
import type { ActionOf, ScenarioAction } from '../../shared/scenario/actions.ts'
import type { PowerAction } from './switch-power.ts'
import type { Bench, BenchGroup, Deed } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { wordOf } from '../../shared/scenario/actions.ts'
import { chooseDevices } from '../../shared/scenario/choose.ts'
import { formatDuration } from '../../shared/scenario/quantities.ts'
import { startUpdate } from './start-update.ts'
import { switchPower } from './switch-power.ts'
import { changeWeather, endWeather, misbehave } from './trouble.ts'
import { devicesOf } from './types.ts'

/** A step that an action asks for later, such as the end of a fault; known before the run. */
export interface LaterStep { atMs: number, run: (bench: Bench) => Promise<Deed> }

/**
 * Carries an action out. Which devices a share of a group are follows from the seed, the action and their names: the same
 * action at the same time takes the same ones in every run.
 * `occurrence` is how many actions of the same word, group and time come before it.
 */
export async function perform(bench: Bench, action: ScenarioAction, occurrence: number): Promise<Deed> {
  const word = wordOf(action)
  const some = (group: string, share: number): string[] => someOf(bench, action, occurrence, group, share)
  switch (word) {
    case 'start': {
      const { start, share } = action as ActionOf<'start'>
      return startDevices(bench, start, some(start, share), share)
    }
    case 'stop': {
      const { stop, share, for: lastMs } = action as ActionOf<'stop'>
      return sendAway(bench, stop, some(stop, share), 'disconnect', lastMs)
    }
    case 'fail': {
      const { fail, share, for: lastMs } = action as ActionOf<'fail'>
      return sendAway(bench, fail, some(fail, share), 'cut', lastMs)
    }
    case 'powerOff':
    case 'powerOn':
    case 'reboot':
      return switchPower(bench, action as PowerAction, some)
    case 'weather': {
      const wish = action as ActionOf<'weather'>
      return changeWeather(bench, wish, groupOf(bench, wish.weather), some(wish.weather, wish.share))
    }
    case 'misbehave': {
      const wish = action as ActionOf<'misbehave'>
      return misbehave(bench, wish, groupOf(bench, wish.misbehave), some(wish.misbehave, wish.share))
    }
    case 'set':
      return change(bench, action as ActionOf<'set'>)
    case 'setProperties': {
      const { setProperties: group, share, values } = action as ActionOf<'setProperties'>
      const { sent, failed } = await inChunks(some(group, share), deviceNames => bench.call('device.setPropertiesOfMany', { productKey: groupOf(bench, group).productKey, deviceNames, properties: values }))
      return { did: `Set ${Object.keys(values).join(', ')} of ${devicesOf(sent, group)}${unreached(failed)}.`, devices: sent }
    }
    case 'invoke': {
      const { invoke: group, share, service, input } = action as ActionOf<'invoke'>
      const { sent, failed } = await inChunks(some(group, share), deviceNames => bench.call('device.invokeServiceOfMany', { productKey: groupOf(bench, group).productKey, deviceNames, service, input }))
      return { did: `Called ${service} of ${devicesOf(sent, group)}${unreached(failed)}.`, devices: sent }
    }
    case 'pushConfig': {
      const { pushConfig, config } = action as ActionOf<'pushConfig'>
      const productKey = bench.products.get(pushConfig)!
      await bench.call('remoteConfig.setEnabled', { productKey, enabled: true })
      await bench.call('remoteConfig.save', { productKey, text: JSON.stringify(config) })
      const { sentCount, deviceCount } = await bench.call('remoteConfig.push', { productKey, again: true })
      return { did: `Pushed a configuration to ${sentCount} of ${deviceCount} devices of ${pushConfig}.`, devices: sentCount }
    }
    case 'update': {
      const wish = action as ActionOf<'update'>
      return startUpdate(bench, groupOf(bench, wish.update), wish, some(wish.update, wish.share))
    }
    case 'fault':
      return turnFaultOn(bench, action as ActionOf<'fault'>, some)
    case 'clearFaults':
      return clearFaults(bench)
    case 'note':
      return { did: (action as ActionOf<'note'>).note, devices: null }
  }
}

function someOf(bench: Bench, action: ScenarioAction, occurrence: number, group: string, share: number): string[] {
  return chooseDevices(groupOf(bench, group).deviceNames, share, bench.seed, `${wordOf(action)} ${group} ${action.at} ${occurrence}`)
}

/** Turns every fault of this run off. */
export async function clearFaults({ faults }: Pick<Bench, 'faults'>): Promise<Deed> {
  const on = [...faults.values()]
  faults.clear()
  for (const turnOff of on)
    await turnOff()
  return { did: `Turned ${on.length} ${on.length === 1 ? 'fault' : 'faults'} off.`, devices: null }
}

function groupOf(bench: Bench, name: string): BenchGroup {
  // Reading the scenario has checked the name.
  return bench.groups.get(name)!
}

async function startDevices(bench: Bench, name: string, deviceNames: string[], share: number): Promise<Deed> {
  const group = groupOf(bench, name)
  const { call } = bench
  if (!group.isStarted) {
    group.isStarted = true
    await call('fleet.start', { fleetId: group.fleetId })
    const others = new Set(deviceNames)
    const away = group.deviceNames.filter(one => !others.has(one))
    if (share < 1 && away.length > 0)
      await call('fleet.steer', { fleetId: group.fleetId, devices: { names: away }, steering: { do: 'disconnect', backInMs: null } })
    return { did: `Started ${devicesOf(deviceNames.length, name)}.`, devices: deviceNames.length }
  }
  const { devices } = await call('fleet.steer', { fleetId: group.fleetId, devices: { names: deviceNames }, steering: { do: 'connect' } })
  return { did: `Let those of ${devicesOf(devices, name)} that were away connect again.`, devices }
}

async function sendAway(bench: Bench, name: string, deviceNames: string[], how: 'disconnect' | 'cut', lastMs: number | undefined): Promise<Deed> {
  const steering: Steering = { do: how, backInMs: lastMs ?? null }
  const { devices } = await bench.call('fleet.steer', { fleetId: groupOf(bench, name).fleetId, devices: { names: deviceNames }, steering })
  const span = lastMs === undefined ? 'until they are started' : `for ${formatDuration(lastMs)}`
  return { did: `${how === 'disconnect' ? 'Logged off' : 'Cut off'} ${devicesOf(devices, name)} ${span}.`, devices }
}

async function change(bench: Bench, { set, every, qos, behaviours, updates, config, report, life, network, misbehaviour }: ActionOf<'set'>): Promise<Deed> {
  const { fleetId, deviceNames } = groupOf(bench, set)
  const before = behaviours && await bench.call('fleet.get', { fleetId })
  await bench.call('fleet.update', {
    fleetId,
    change: {
      ...every !== undefined && { intervalSec: every / 1000 },
      ...qos !== undefined && { qos },
      ...before !== undefined && { behaviours: { ...before.behaviours, ...behaviours } },
      ...updates !== undefined && { updates },
      ...config !== undefined && { config },
      ...report !== undefined && { report },
      ...life !== undefined && { life },
      ...network !== undefined && { network: typeof network === 'string' ? { weather: network } : network },
      ...misbehaviour !== undefined && { misbehaviour },
    },
  })
  const what = [
    ...every === undefined ? [] : [`a report every ${formatDuration(every)}`],
    ...qos === undefined ? [] : [`QoS ${qos}`],
    ...behaviours === undefined ? [] : [`behaviours of ${Object.keys(behaviours).join(', ')}`],
    ...updates === undefined ? [] : ['conduct in updates'],
    ...config === undefined ? [] : ['conduct with configurations'],
    ...report === undefined ? [] : ['another way to report'],
    ...life === undefined ? [] : ['another life'],
    ...network === undefined ? [] : ['another network'],
    ...misbehaviour === undefined ? [] : [misbehaviour.length === 0 ? 'no bad devices any more' : `bad devices (${misbehaviour.map(({ kind }) => kind).join(', ')})`],
  ]
  return { did: `Gave ${set} ${what.join(', ')}.`, devices: deviceNames.length }
}

async function turnFaultOn(bench: Bench, action: ActionOf<'fault'>, some: (group: string, share: number) => string[]): Promise<Deed> {
  const { fault, product, group, share } = action
  const { call, seed, faults } = bench
  const deviceNames = group === undefined ? undefined : some(group, share ?? 1)
  const productKey = group === undefined ? product === undefined ? undefined : bench.products.get(product)! : groupOf(bench, group).productKey
  const scopes: FaultScope[] = deviceNames === undefined ? [productKey === undefined ? {} : { productKey }] : deviceNames.map(deviceName => ({ productKey, deviceName }))
  faults.set(action, async () => {
    for (const scope of scopes)
      await call('platformFault.clear', { ...scope, kinds: [fault.kind] })
  })
  for (const scope of scopes)
    await call('platformFault.set', { ...scope, faults: [fault], seed })
  const where = deviceNames === undefined ? product === undefined ? 'everything' : product : devicesOf(deviceNames.length, group!)
  return { did: `Turned ${fault.kind} on for ${where}.`, devices: deviceNames?.length ?? null }
}

/** The end of an action that lasts for a while; `occurrence` is that of {@link perform}. */
export function endOf(action: ScenarioAction, occurrence: number): LaterStep | undefined {
  if (!('for' in action) || action.for === undefined)
    return undefined
  const atMs = action.at + action.for
  switch (wordOf(action)) {
    case 'fault': {
      const { fault: { kind } } = action as ActionOf<'fault'>
      return {
        atMs,
        async run({ faults }) {
          const turnOff = faults.get(action)
          faults.delete(action)
          await turnOff?.()
          return { did: `Turned ${kind} off.`, devices: null }
        },
      }
    }
    case 'weather': {
      const wish = action as ActionOf<'weather'>
      return { atMs, run: bench => endWeather(bench, wish, groupOf(bench, wish.weather), someOf(bench, action, occurrence, wish.weather, wish.share)) }
    }
    default:
      // The fleet itself lets devices come back that are away for a while.
      return undefined
  }
}

/** Commands to many devices go out in as many calls as the platform's limit wants. */
async function inChunks(deviceNames: string[], send: (deviceNames: string[]) => Promise<{ sent: unknown[], failed: unknown[] }>): Promise<{ sent: number, failed: number }> {
  const total = { sent: 0, failed: 0 }
  for (let from = 0; from < deviceNames.length; from += limits.devicesPerCommandMax) {
    const { sent, failed } = await send(deviceNames.slice(from, from + limits.devicesPerCommandMax))
    total.sent += sent.length
    total.failed += failed.length
  }
  return total
}

function unreached(failed: number): string {
  return failed === 0 ? '' : `; ${failed} could not be reached`
}
