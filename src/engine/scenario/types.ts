import type { Clock } from '../../shared/clock.ts'
import type { MethodInput, MethodName, MethodOutput } from '../../shared/contract/contract.ts'
import type { ScenarioAction } from '../../shared/scenario/actions.ts'

/** Calls a method of the engine's contract, checked as a call of the page is. Throws AppError. */
export type ScenarioCall = <M extends MethodName>(name: M, input: MethodInput<M>) => Promise<MethodOutput<M>>

/** A group of a running scenario. */
export interface BenchGroup {
  fleetId: string
  productKey: string
  /** In the order of the fleet. */
  deviceNames: string[]
  /** It has been told to connect. */
  isStarted: boolean
}

/** What a run has to do with: the engine, the time, and what it made. */
export interface Bench {
  call: ScenarioCall
  clock: Clock
  seed: number
  /** Epoch milliseconds of the start of the run, on the clock. */
  startedAt: number
  /** Product keys, by the names of the products. */
  products: Map<string, string>
  groups: Map<string, BenchGroup>
  /** Products without a key of their own get one that follows from the seed. */
  hasStableKeys: boolean
  /** Taken back at the end, the last one first. */
  undo: { about: string, run: () => Promise<unknown> }[]
  /** The action that gave a device its present network, by fleet and device name. */
  weather: Map<string, ScenarioAction>
  /** Faults that are on because of this run, turned off again by calling them. */
  faults: Map<ScenarioAction, () => Promise<unknown>>
}

/** What an action came to. */
export interface Deed { did: string, devices: number | null }

/** So many devices of a group, in words. */
export function devicesOf(count: number, group: string): string {
  return `${count} ${count === 1 ? 'device' : 'devices'} of ${group}`
}
