import type { StoredSpec } from './types.ts'

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

/**
 * The devices of a phased batch: sorted by a hash of their name and the batch, the first floor(percent × devices / 100) of them
 * (OTA-39, A-38); the same again whenever it is asked.
 */
export function phase<Device extends Pick<Candidate, 'deviceName'>>(devices: readonly Device[], percent: number, batchId: string): Device[] {
  return devices
    .map(device => ({ device, hash: hashOf(`${batchId}/${device.deviceName}`) }))
    .sort((a, b) => a.hash - b.hash || (a.device.deviceName < b.device.deviceName ? -1 : 1))
    .slice(0, phasedCount(devices.length, percent))
    .map(({ device }) => device)
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
