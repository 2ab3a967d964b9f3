import type { Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Exercise } from '../../../shared/contract/ota-gym.ts'
import type { Fault, FaultScope, FaultsOn, PlatformFault } from '../../../shared/contract/platform-fault.ts'
import type { Announcer } from '../../../shared/feed.ts'
import type { PlatformFaults } from './faults.ts'
import { AppError } from '../../../shared/errors.ts'
import { faultsFor } from '../../../shared/faults/fault-plan.ts'
import { pump } from '../../../shared/feed.ts'

export interface FaultMethodContext {
  clock: Clock
  faults: PlatformFaults
  makeId: () => string
  makeSeed: () => number
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => void
  /** Exercises of boards, each of which has a fault of its own. */
  exercises: { running: () => Exercise[], changed: Announcer<void>, end: (exerciseId: string) => void }
}

export type FaultMethod = Extract<keyof EngineApi['methods'], `platformFault.${string}`>
export type FaultStream = Extract<keyof EngineApi['streams'], `platformFault.${string}`>

/** Turns the platform's faults on and off. */
export function faultMethodHandlers(context: FaultMethodContext): Pick<EngineApi['methods'], FaultMethod> {
  const { clock, faults, makeId, makeSeed, exercises } = context
  const isOf = ({ productKey, deviceName }: FaultScope) => (on: PlatformFault): boolean => on.productKey === (productKey ?? null) && on.deviceName === (deviceName ?? null)
  return {
    'platformFault.list': (scope) => {
      check(context, scope)
      const { productKey, deviceName } = scope
      if (productKey === undefined)
        return { faults: faults.all(), exercises: exercises.running() }
      return {
        faults: faultsFor(faults.all(), { productKey, deviceName: deviceName ?? null }),
        exercises: exercises.running().filter(one => one.productKey === productKey && (deviceName === undefined || one.deviceName === deviceName)),
      }
    },
    'platformFault.set': async ({ faults: wishes, seed, forSec, ...scope }) => {
      check(context, scope)
      wishes.forEach(checkFault)
      const since = clock.now()
      const set = wishes.map((fault): PlatformFault => ({
        faultId: makeId(),
        productKey: scope.productKey ?? null,
        deviceName: scope.deviceName ?? null,
        fault,
        seed: seed ?? makeSeed(),
        since,
        until: forSec === undefined ? null : since + forSec * 1000,
        struck: 0,
        lastStruckAt: null,
      }))
      await faults.set(set)
      return set
    },
    'platformFault.clear': async ({ kinds, everywhere, ...scope }) => {
      check(context, scope)
      const isMeant = everywhere ? () => true : isOf(scope)
      const cleared = faults.all().filter(on => isMeant(on) && (kinds === undefined || kinds.includes(on.fault.kind)))
      await faults.clear(cleared)
      const ended = everywhere && kinds === undefined ? exercises.running() : []
      ended.forEach(({ exerciseId }) => exercises.end(exerciseId))
      return { cleared, exercisesEnded: ended.length }
    },
    'platformFault.disconnect': ({ how, ...scope }) => {
      check(context, scope)
      return { devices: faults.disconnect(scope, how) }
    },
  }
}

/** Everything that is on, whenever that changes. */
export function faultStreamHandlers({ clock, faults, exercises }: Pick<FaultMethodContext, 'clock' | 'faults' | 'exercises'>): Pick<EngineApi['streams'], FaultStream> {
  return {
    'platformFault.watch': async (_, subscriber) => {
      let isChanged = true
      const note = (): void => {
        isChanged = true
      }
      faults.changed.listen(subscriber.signal, note)
      exercises.changed.listen(subscriber.signal, note)
      const take = (): FaultsOn | undefined => {
        if (!isChanged)
          return undefined
        isChanged = false
        return { faults: faults.all(), exercises: exercises.running() }
      }
      await pump(clock, subscriber, { take }, 500)
    },
  }
}

function check({ requireProduct, requireDevice }: FaultMethodContext, { productKey, deviceName }: FaultScope): void {
  if (productKey === undefined && deviceName !== undefined)
    throw new AppError('input/invalid', 'A device is named by its product key and its name: productKey is missing.', { field: 'productKey' })
  if (productKey !== undefined && deviceName !== undefined)
    requireDevice(productKey, deviceName)
  else if (productKey !== undefined)
    requireProduct(productKey)
}

function checkFault(fault: Fault): void {
  if (fault.kind === 'delay' && fault.minMs > fault.maxMs)
    throw new AppError('input/invalid', `The shortest delay, ${fault.minMs} ms, is longer than the longest, ${fault.maxMs} ms.`, { field: 'minMs' })
}
