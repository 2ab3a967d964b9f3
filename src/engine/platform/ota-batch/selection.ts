import type { StoredSpec } from './types.ts'

/** Devices looked at in one turn, before sockets get theirs: some milliseconds. */
export const devicesPerTurn = 2_000

/** A device that may be chosen, with the version of the module that is to be updated; null: it never reported one. */
export interface Candidate { deviceId: number, deviceName: string, version: string | null }

/** What a device has to fulfil, whatever the scope. */
export interface Conditions extends Pick<StoredSpec, 'sourceVersions' | 'differentialFrom'> {
  targetVersion: string
  /** The devices are named: no source version is asked (OTA-41). */
  named: boolean
}

/**
 * Whether a device of this version takes part: not when it has the target version already (OTA-44); for a difference only with
 * its source version; otherwise with one of the source versions, or any when there are none, also none at all (OTA-43).
 */
export function fulfils({ sourceVersions, differentialFrom, targetVersion, named }: Conditions, version: string | null): boolean {
  if (version === targetVersion)
    return false
  if (differentialFrom !== null)
    return version === differentialFrom
  return named || sourceVersions.length === 0 || (version !== null && sourceVersions.includes(version))
}

/** How many of so many devices a phased batch takes (OTA-39). */
export function phasedCount(devices: number, percent: number): number {
  return Math.floor(devices * percent / 100 + 1e-9)
}
/** More devices than a workspace can hold. */
const placesMax = 2 ** 21

/**
 * The devices of a phased batch: in the order of a hash of their name and the batch, the first floor(percent × devices / 100) of
 * them (OTA-39, A-38); the same again whenever it is asked. Pauses now and then, because there may be a million.
 */
export async function phase<Device extends Pick<Candidate, 'deviceName'>>(devices: readonly Device[], percent: number, batchId: string, pause: () => Promise<void>): Promise<Device[]> {
  // Hash and place in one number, which sorts much faster than objects do: 32 bits and at most 21.
  const order = new Float64Array(devices.length)
  for (const [place, { deviceName }] of devices.entries()) {
    order[place] = hashOf(`${batchId}/${deviceName}`) * placesMax + place
    if ((place + 1) % devicesPerTurn === 0)
      await pause()
  }
  const chosen: Device[] = []
  for (const key of order.sort().subarray(0, phasedCount(devices.length, percent)))
    chosen.push(devices[key % placesMax]!)
  return chosen
}

/** FNV-1a of 32 bits, its bits mixed once more, because names differ in their last characters only. */
function hashOf(text: string): number {
  let hash = 0x811C9DC5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85EBCA6B)
  hash = Math.imul(hash ^ (hash >>> 13), 0xC2B2AE35)
  return (hash ^ (hash >>> 16)) >>> 0
}
