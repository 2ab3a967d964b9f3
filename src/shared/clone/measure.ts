import type { Behaviour } from '../contract/behaviour.ts'
import type { Reason } from './words.ts'
import { boundsOf, deviationOf } from './series.ts'

/** A way in which what was recorded may have come about. */
export interface Candidate {
  behaviour: Behaviour
  /** How many bits each value still takes to tell, on average, when the behaviour is known. */
  bits: number
  /** How many numbers the behaviour itself had to be told. */
  parameters: number
  reason: Reason
}

/** What a candidate may want to know besides the values. */
export interface Surroundings {
  /** Seconds between two reports of the fleet that is to be made; a property that came more slowly moves less from one to the next. */
  reportSec: number
  /** What the thing model allows; infinite where it says nothing. */
  lowest: number
  highest: number
}

/**
 * What candidates are compared by: bits a value, and the cost of the behaviour's own numbers spread over the values (half the
 * logarithm of their count each). The less, the better the behaviour explains what was recorded.
 */
export function costOf({ bits, parameters }: Candidate, values: number): number {
  return bits + parameters / 2 * Math.log2(values) / values
}

/** Bits for a value that lies anywhere in a range of `width`, told as finely as `resolution`. */
export function evenBits(width: number, resolution: number): number {
  return Math.log2(1 + width / resolution)
}

/** Bits for a value normally distributed with `deviation`; rounding to the resolution is a part of it. */
export function normalBits(deviation: number, resolution: number): number {
  return 0.5 * Math.log2(2 * Math.PI * Math.E * ((deviation / resolution) ** 2 + 1 / 12))
}

/** Bits for what a behaviour leaves unexplained: as evenly spread noise or as a normal distribution, whichever takes less. */
export function restBits(rests: readonly number[], resolution: number): number {
  const [low, high] = boundsOf(rests)
  return Math.min(evenBits(2 * Math.max(Math.abs(low), Math.abs(high)), resolution), normalBits(deviationOf(rests, 0), resolution))
}

/** How far evenly spread noise has to reach to be as strong as the rests, which hold the error of rounding too. */
export function noiseOf(rests: readonly number[], resolution: number): number {
  const variance = deviationOf(rests, 0) ** 2 - resolution ** 2 / 12
  return variance <= (resolution ** 2) / 12 ? 0 : Math.sqrt(3 * variance)
}
