import type { ChosenDevices } from '../../shared/contract/fleet-steering.ts'
import type { IndexRanges } from './messages.ts'
import { fleetDeviceName } from '../../shared/contract/fleet.ts'
import { AppError } from '../../shared/errors.ts'
import { joinRanges } from '../../shared/index-ranges.ts'

/**
 * The chosen devices of a fleet as stretches by index, sorted and without overlaps. AppError input/invalid for names that are
 * not of the fleet, and for a stretch that ends before it begins or beyond the fleet.
 */
export function chooseDevices(prefix: string, count: number, chosen: Exclude<ChosenDevices, { query: string }>): IndexRanges {
  const ranges = 'ranges' in chosen ? chosen.ranges : chosen.names.map(name => stretchOf(prefix, count, name))
  for (const [first, last] of ranges) {
    if (first > last || last >= count)
      throw new AppError('input/invalid', `devices: expected stretches of the devices 0 to ${count - 1}, got ${first} to ${last}.`, { field: 'devices', got: [first, last] })
  }
  return joinRanges(ranges)
}

/** Index of a device of a fleet by its name; undefined when it is none of the fleet. */
export function indexInFleet(prefix: string, count: number, name: string): number | undefined {
  const index = Number(name.slice(prefix.length + 1)) - 1
  return Number.isInteger(index) && index >= 0 && index < count && fleetDeviceName(prefix, index) === name ? index : undefined
}

function stretchOf(prefix: string, count: number, name: string): [number, number] {
  const index = indexInFleet(prefix, count, name)
  if (index === undefined)
    throw new AppError('input/invalid', `devices: expected names of the fleet, ${fleetDeviceName(prefix, 0)} to ${fleetDeviceName(prefix, count - 1)}, got ${name}.`, { field: 'devices', got: name })
  return [index, index]
}
