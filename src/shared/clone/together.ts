import { deviationOf, meanOf, tidy } from './series.ts'

const commonMin = 20
const correlationMin = 0.9
const propertiesMax = 30
const pairsTold = 3

/** Numbers of a property by their instants. */
type NumbersByTime = ReadonlyMap<number, number>

/** Pairs of properties that moved together, the closest first: fleets move each property by itself, so that is lost. */
export function findTogether(properties: ReadonlyMap<string, NumbersByTime>): { one: string, other: string, correlation: number }[] {
  const names = [...properties.keys()].slice(0, propertiesMax)
  return names
    .flatMap((one, place) => names.slice(place + 1).flatMap((other) => {
      const correlation = correlationOf(properties.get(one)!, properties.get(other)!)
      return Math.abs(correlation) >= correlationMin ? [{ one, other, correlation: tidy(correlation, 2) }] : []
    }))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
    .slice(0, pairsTold)
}

function correlationOf(one: NumbersByTime, other: NumbersByTime): number {
  const common = [...one.keys()].filter(at => other.has(at))
  if (common.length < commonMin)
    return 0
  const [a, b] = [common.map(at => one.get(at)!), common.map(at => other.get(at)!)]
  const [meanA, meanB] = [meanOf(a), meanOf(b)]
  const spread = deviationOf(a) * deviationOf(b)
  return spread === 0 ? 0 : a.reduce((sum, value, index) => sum + (value - meanA) * (b[index]! - meanB), 0) / common.length / spread
}
