import type { ThingModel } from '../../../shared/thing-model/types.ts'

const versionCharactersMax = 16

/** What the version after these is called, newest first: its last number grows by one; `1.0` is the first. */
export function nextVersion(names: readonly string[]): string {
  const [newest] = names
  if (newest === undefined)
    return '1.0'
  const number = /\d*$/.exec(newest)?.[0] ?? ''
  const stem = newest.slice(0, newest.length - number.length)
  for (let next = BigInt(number === '' ? 0 : number) + 1n; ; next++) {
    const name = `${stem}${next}`
    if (name.length > versionCharactersMax)
      return freeNumber(names)
    if (!names.includes(name))
      return name
  }
}

/** For a name that cannot grow any more: the first plain number that is free. */
function freeNumber(names: readonly string[]): string {
  let next = names.length + 1
  while (names.includes(String(next)))
    next++
  return String(next)
}

/** Properties, events and services of some modules together. */
export function countFeatures(...models: readonly (ThingModel | null)[]): { propertyCount: number, eventCount: number, serviceCount: number } {
  const sum = (count: (model: ThingModel) => number): number => models.reduce((total, model) => total + (model === null ? 0 : count(model)), 0)
  return { propertyCount: sum(model => model.properties.length), eventCount: sum(model => model.events.length), serviceCount: sum(model => model.services.length) }
}
