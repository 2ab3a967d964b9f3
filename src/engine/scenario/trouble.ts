import type { ActionOf } from '../../shared/scenario/actions.ts'
import type { Bench, BenchGroup, Deed } from './types.ts'
import { formatDuration } from '../../shared/scenario/quantities.ts'
import { devicesOf } from './types.ts'

/** Gives devices of a group a network of their own, until somebody gives them another or takes it back. */
export async function changeWeather({ call, weather }: Bench, action: ActionOf<'weather'>, { fleetId }: BenchGroup, deviceNames: string[]): Promise<Deed> {
  const { weather: group, profile, for: lastMs } = action
  const { devices } = await call('fleet.steer', { fleetId, devices: { names: deviceNames }, steering: { do: 'weather', network: { weather: profile } } })
  for (const name of deviceNames)
    weather.set(`${fleetId} ${name}`, action)
  const what = typeof profile === 'string' ? `the network ${profile}` : 'a network in numbers'
  return { did: `Gave ${devicesOf(devices, group)} ${what}${lastMs === undefined ? '' : ` for ${formatDuration(lastMs)}`}.`, devices }
}

/** Gives devices the network of their group again; those that have been given another one since keep it. */
export async function endWeather({ call, weather }: Bench, action: ActionOf<'weather'>, { fleetId }: BenchGroup, deviceNames: string[]): Promise<Deed> {
  const names = deviceNames.filter(name => weather.get(`${fleetId} ${name}`) === action)
  for (const name of names)
    weather.delete(`${fleetId} ${name}`)
  if (names.length > 0)
    await call('fleet.steer', { fleetId, devices: { names }, steering: { do: 'weather', network: null } })
  return { did: `Gave ${devicesOf(names.length, action.weather)} the network of the group again.`, devices: names.length }
}

/** Makes devices of a group do something bad. */
export async function misbehave({ call }: Bench, { misbehave: group, kind, times }: ActionOf<'misbehave'>, { fleetId }: BenchGroup, deviceNames: string[]): Promise<Deed> {
  const { devices } = await call('fleet.steer', { fleetId, devices: { names: deviceNames }, steering: { do: 'misbehave', kind, times } })
  return { did: `Made ${devicesOf(devices, group)} misbehave: ${kind}${times === 1 ? '' : ` ${times} times`}.`, devices }
}
