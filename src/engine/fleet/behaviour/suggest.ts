import type { Behaviour } from '../../../shared/contract/fleet.ts'
import type { NumberType, Property, ThingModel } from '../../../shared/thing-model/types.ts'
import { wireName } from '../../../shared/thing-model/method.ts'
import { compileFit } from './fit-value.ts'
import { drawingRange, numberGrid, snapToGrid } from './number-grid.ts'

/** A quantity that people know: what it is called, its unit, and where and how fast it usually moves. */
interface KnownQuantity { names: RegExp, units: RegExp | null, low: number, high: number, step: number }

/** Tried in this order; one whose usual range does not lie inside the model's is passed over. */
const knownQuantities: KnownQuantity[] = [
  { names: /hum|湿度/i, units: /%/, low: 40, high: 65, step: 1 },
  { names: /temp|温度/i, units: /℃|°C/, low: 18, high: 28, step: 0.2 },
  { names: /batt|soc$|电量/i, units: /%/, low: 60, high: 95, step: 0.5 },
  { names: /rssi|signal|信号/i, units: /dBm/, low: -85, high: -55, step: 2 },
  { names: /volt|电压/i, units: /^V$/, low: 216, high: 228, step: 0.5 },
  { names: /volt|电压/i, units: /^V$/, low: 3.3, high: 4.1, step: 0.02 },
  { names: /^(lon|lng|long)$|longitude|经度/i, units: null, low: 121.42, high: 121.52, step: 0.001 },
  { names: /^lat$|latitude|纬度/i, units: null, low: 31.18, high: 31.28, step: 0.001 },
  { names: /pressure|气压/i, units: /hPa/, low: 1005, high: 1025, step: 0.5 },
  { names: /co2|二氧化碳/i, units: /ppm/, low: 450, high: 900, step: 15 },
]
/** What a person sets and a device keeps. */
const setPointNames = /target|set_?point|limit|threshold|设定|目标|上限|下限|阈值/i
const lowerNames = /(?:^|[^f])low|min|下限/i
const upperNames = /high|upper|max|上限/i
const counterNames = /count|total|odometer|mileage|计数|累计|里程/i

/** A battery whose charge is a share of what it holds. */
const batteryNames = /batt|soc$|电量/i
const outdoorNames = /outdoor|outside|ambient|室外|户外/i

const holdSec = 60
const cycleValuesMax = 100
/** A walk keeps to the middle half of the range and takes steps of one fiftieth of that. */
const middleShare = 0.5
const stepsAcross = 50
const counterPeriodSecMin = 600
const counterPeriodSecMax = 86_400

const battery: Behaviour = { kind: 'drain', start: { draw: 'uniform', min: 60, max: 100 }, perReport: 0.01, perHour: 1, min: 5, chargePerHour: 60 }
const outdoorRange = { low: -10, high: 40 }
/** A mild day, cooler or warmer and a little earlier or later from place to place. */
const outdoorDay: Behaviour = {
  kind: 'daily',
  points: [
    { at: '05:30', value: { draw: 'normal', mean: 11, deviation: 1.5, min: 5, max: 16 } },
    { at: '14:30', value: { draw: 'normal', mean: 22, deviation: 2, min: 17, max: 30 } },
    { at: '21:00', value: 15 },
  ],
  noise: 0.3,
  offsetSec: { draw: 'uniform', min: -1200, max: 1200 },
}

/**
 * The behaviour each property gets when nobody chooses one, by the property's name on the wire: numbers walk inside the
 * middle of their range (known quantities where one finds them in a real room), counters climb, set points stand still, batteries drain, temperatures out of doors follow the day, bool and enum change
 * once a minute, text stands still, everything else is drawn at random. Write-only properties are never reported.
 */
export function suggestBehaviours(model: ThingModel): Record<string, Behaviour> {
  return Object.fromEntries(model.properties.map(property => [wireName(property.identifier, model.functionBlockId), suggestBehaviour(property)]))
}

function suggestBehaviour(property: Property): Behaviour {
  const type = property.dataType
  if (property.accessMode === 'w')
    return { kind: 'off' }
  switch (type.type) {
    case 'int':
    case 'float':
    case 'double':
      return suggestNumber(property, type)
    case 'bool':
      return { kind: 'cycle', values: [0, 1], holdSec }
    case 'enum':
      return type.items.length === 0
        ? { kind: 'constant', value: 0 }
        : { kind: 'cycle', values: type.items.slice(0, cycleValuesMax).map(item => item.value), holdSec }
    case 'text':
      return { kind: 'constant', value: compileFit(type)(property.identifier) }
    case 'long':
    case 'date':
    case 'struct':
    case 'array':
      return { kind: 'random' }
  }
}

function suggestNumber(property: Property, type: NumberType): Behaviour {
  const isCalled = (names: RegExp): boolean => names.test(property.identifier) || names.test(property.name)
  const grid = numberGrid(type)
  const { low, high, step } = usualRange(type, isCalled)
  if (low === high)
    return { kind: 'constant', value: low }
  if (isCalled(setPointNames))
    return { kind: 'constant', value: isCalled(lowerNames) ? low : isCalled(upperNames) ? high : snapToGrid(grid, (low + high) / 2) }
  if (isCalled(counterNames)) {
    const range = drawingRange(type)
    return { kind: 'ramp', min: range.low, max: range.high, periodSec: Math.min(counterPeriodSecMax, Math.max(counterPeriodSecMin, Math.round(range.high - range.low))) }
  }
  if (isCalled(batteryNames) && type.unit === '%' && grid.low <= 0 && grid.high >= 100)
    return battery
  if (isCalled(outdoorNames) && isCalled(/temp|温度/i) && /^(?:℃|°C)$/.test(type.unit ?? '') && grid.low <= outdoorRange.low && grid.high >= outdoorRange.high)
    return outdoorDay
  return { kind: 'walk', min: low, max: high, step: Math.max(step, grid.step) }
}

/** Where a number usually is, and how far it moves at a time; `isCalled` tells whether its name matches. */
export function usualRange(type: NumberType, isCalled: (names: RegExp) => boolean): { low: number, high: number, step: number } {
  const grid = numberGrid(type)
  const known = knownQuantities.find(({ names, units, low, high }) =>
    isCalled(names)
    && (units === null || type.unit === undefined || type.unit === '' || units.test(type.unit))
    && low >= grid.low && high <= grid.high)
  if (known)
    return known
  const range = type.min === undefined && type.max === undefined ? { low: 0, high: 100 } : drawingRange(type)
  const edge = (range.high - range.low) * (1 - middleShare) / 2
  const low = snapToGrid(grid, range.low + edge)
  const high = Math.max(low, snapToGrid(grid, range.high - edge))
  return { low, high, step: niceNumber((high - low) / stepsAcross) }
}

/** Rounds to one significant digit, so that a form shows a number a person would have typed. */
function niceNumber(value: number): number {
  return Number(value.toPrecision(1))
}
