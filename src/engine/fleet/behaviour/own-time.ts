/** What a device remembers that is a time of its own. */
export interface TimeSlots {
  /** Of the world around it, which goes on while the device is off. */
  world: readonly number[]
  /** Of what only runs down while the device is on. */
  awake: readonly number[]
}

/** Finds the times among what a plan lets each device remember. */
export function timeSlots(slots: readonly string[]): TimeSlots {
  const ending = (...ends: string[]): number[] => slots.flatMap((name, slot) => ends.some(end => name.endsWith(end)) ? [slot] : [])
  return { world: ending(' respond since', ' markov until'), awake: ending(' drain since') }
}
