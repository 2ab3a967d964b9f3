import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { ReplayTarget } from '../../shared/contract/replay.ts'
import type { RecordedDevice } from './outline.ts'
import type { PlayingDevice, ReplayContext } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/** By recorded device, as `productKey/deviceName`, the devices that play it. */
export type Cast = Map<string, PlayingDevice[]>

/** So many devices are named in an error. */
const namedMax = 5

/** A device as `productKey/deviceName`, by which recordings know it. */
export function keyOf({ productKey, deviceName }: DeviceIdentity): string {
  return `${productKey}/${deviceName}`
}

/**
 * Says who plays whom, and makes devices that are still missing. Throws AppError product/not-found or device/not-found for a
 * device that does not exist, input/invalid for a target that fits the recording nowhere.
 */
export async function castPlayers(target: ReplayTarget, recorded: ReadonlyMap<string, RecordedDevice>, context: Pick<ReplayContext, 'requireDevice' | 'ensureDevices'>): Promise<Cast> {
  if (target.kind === 'same')
    return new Map([...recorded].map(([key, device]) => [key, [context.requireDevice(device)]]))
  if (target.kind === 'names') {
    const cast: Cast = new Map()
    for (const [from, to] of Object.entries(target.names)) {
      if (!recorded.has(from))
        throw new AppError('input/invalid', `to.names: the recording has nothing of ${from}; it has ${firstOf([...recorded.keys()])}.`, { field: 'to.names', got: from })
      const [productKey = '', deviceName = ''] = to.split('/')
      cast.set(from, [context.requireDevice({ productKey, deviceName })])
    }
    return cast
  }
  return stampOut(target, [...recorded], context)
}

/** New devices take turns in playing the recorded ones, each in a product of the recorded one's. */
async function stampOut({ count, prefix }: Extract<ReplayTarget, { kind: 'stampOut' }>, recorded: [string, RecordedDevice][], { ensureDevices }: Pick<ReplayContext, 'ensureDevices'>): Promise<Cast> {
  if (count < recorded.length)
    throw new AppError('input/invalid', `to.count: ${recorded.length} devices were recorded, and ${count} new ones cannot play them all; take at least ${recorded.length}, or fewer recorded devices.`, { field: 'to.count', got: count, min: recorded.length })
  const digits = Math.max(2, String(count).length)
  const parts = Array.from({ length: count }, (_, index) => ({ name: `${prefix}-${String(index + 1).padStart(digits, '0')}`, recorded: recorded[index % recorded.length]! }))
  const wanted = Map.groupBy(parts, ({ recorded: [, { productKey }] }) => productKey)
  const made = new Map<string, PlayingDevice>()
  for (const [productKey, ofProduct] of wanted) {
    for (const device of await ensureDevices(productKey, ofProduct.map(({ name }) => name)))
      made.set(device.deviceName, device)
  }
  return new Map([...Map.groupBy(parts, part => part.recorded[0])].map(([key, own]) => [key, own.map(({ name }) => made.get(name)!)]))
}

/**
 * Refuses devices that somebody else has connected: AppError replay/occupied. Simulated ones may be taken over, real ones never.
 */
export function refuseOccupied(devices: readonly PlayingDevice[], takeOver: boolean, occupantOf: ReplayContext['occupantOf']): void {
  const taken = devices.flatMap((device) => {
    const occupant = occupantOf(device.deviceId)
    const givesWay = takeOver && (occupant?.by === 'seat' || occupant?.by === 'fleet')
    return occupant === null || givesWay ? [] : [{ device, ...occupant }]
  })
  const first = taken.find(({ by }) => by === 'real' || by === 'gateway') ?? taken[0]
  if (first === undefined)
    return
  const { by, device: { deviceName }, remoteAddress } = first
  const more = taken.length === 1 ? '' : ` (and ${taken.length - 1} more)`
  const why = {
    real: `A real device is connected as ${deviceName}${more}, from ${remoteAddress}; a replay would throw it out. Disconnect it, or play the recording on other devices.`,
    gateway: `A gateway speaks for ${deviceName}${more}, from ${remoteAddress}; play the recording on other devices.`,
    seat: `${deviceName}${more} is simulated from the console at the moment; stop that, let it give way, or play the recording on other devices.`,
    fleet: `${deviceName}${more} is online as a device of a fleet; stop the fleet, let it give way, or play the recording on other devices.`,
    replay: `${deviceName}${more} plays in another replay; stop that one first.`,
  }[by]
  throw new AppError('replay/occupied', why, { by, devices: taken.slice(0, limits.devicesNamedMax).map(({ device }) => keyOf(device)) })
}

function firstOf(names: string[]): string {
  return names.length <= namedMax ? names.join(', ') : `${names.slice(0, namedMax).join(', ')} and ${names.length - namedMax} more`
}
