import type { FleetDevice } from './messages.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/** Files a fleet process needs for itself: standard streams, channel, event loop. */
const ownFiles = 64
/** Files that the engine keeps free for itself beside the devices: databases that open, pages, downloads. */
const engineReserve = 64
/** One source address has about 28,000 ports, and finding a free one gets slow long before they are used up. */
const spreadSourcesAbove = 10_000

/** Files and sockets that a process may have open, and has; null: no limit, or not known. */
export interface OpenFiles { openFilesMax: number | null, openFiles: number | null }

/** What one process of this machine can hold. */
export interface FleetCapacity { openFilesMax: number | null, devicesPerProcess: number }

/** How many devices a process can hold that may have so many files open; null: the system names no limit. */
export function capacityOf(openFilesMax: number | null): FleetCapacity {
  const byFiles = openFilesMax === null ? Number.POSITIVE_INFINITY : Math.max(1, openFilesMax - ownFiles)
  return { openFilesMax, devicesPerProcess: Math.min(limits.fleetDevicesPerProcessMax, byFiles) }
}

/** Throws AppError limit/reached, naming the limit and the way out, when a fleet is too large for the product or this machine. */
export function checkCapacity(deviceCount: number, { openFilesMax, devicesPerProcess }: FleetCapacity): void {
  if (deviceCount > limits.fleetDevicesMax)
    throw new AppError('limit/reached', `A fleet has at most ${limits.fleetDevicesMax} devices, but ${deviceCount} were asked for.`, { limit: limits.fleetDevicesMax, got: deviceCount })
  const devicesMax = devicesPerProcess * limits.fleetProcessesMax
  if (deviceCount > devicesMax) {
    throw new AppError('limit/reached', `${deviceCount} devices need more open files than this system allows: a process may open ${openFilesMax}, which is enough for ${devicesPerProcess} devices, and a fleet uses at most ${limits.fleetProcessesMax} processes. Use at most ${devicesMax} devices, or raise the limit (for example \`ulimit -n 20000\`) in the shell that starts Thingbench.`, { limit: devicesMax, got: deviceCount, openFilesMax })
  }
}

/**
 * Whether devices connect from several loopback addresses (when the broker is on one). Linux and Windows have all of
 * 127/8 without being set up, macOS has not.
 */
export function needsSpreadSources(deviceCount: number): boolean {
  return deviceCount > spreadSourcesAbove && process.platform !== 'darwin'
}

/**
 * How many more devices with a socket the engine's own process can take in, which holds one for each as well; null: the system
 * names no limit, or does not tell how much of it is used.
 */
export function engineRoom({ openFilesMax, openFiles }: OpenFiles): number | null {
  return openFilesMax === null || openFiles === null ? null : Math.max(0, openFilesMax - openFiles - engineReserve)
}

/** Throws AppError limit/reached when the engine's process has no room for so many more devices, naming the limit and the way out. */
export function checkEngineRoom(moreDevices: number, files: OpenFiles): void {
  const room = engineRoom(files)
  if (room !== null && moreDevices > room)
    throw new AppError('limit/reached', `${moreDevices} more devices need more open files than this system allows the engine: it may open ${files.openFilesMax} and has ${files.openFiles} open, which leaves room for ${room} devices. Use at most ${room} devices, let them do without sockets (transport in-process), or raise the limit (for example \`ulimit -n 65536\`) in the shell that starts Thingbench.`, { limit: room, got: moreDevices, openFilesMax: files.openFilesMax })
}

/** How many devices at the beginning of both lists are the same. */
export function commonBeginning(a: FleetDevice[], b: FleetDevice[]): number {
  const differs = b.findIndex((device, index) => device.deviceName !== a[index]?.deviceName || device.productKey !== a[index].productKey || device.deviceSecret !== a[index].deviceSecret)
  return Math.min(a.length, differs === -1
    ? b.length
    : differs)
}
