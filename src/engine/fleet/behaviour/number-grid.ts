import type { NumberType } from '../../../shared/thing-model/types.ts'
import { float32Max, int32Max, int32Min } from '../../../shared/thing-model/limits.ts'

/** The values a number type can take, as far as a simulated device is concerned. */
export interface NumberGrid {
  /** Hard bounds; may be as wide as the type itself. */
  low: number
  high: number
  /** Distance between two values; 0: any. */
  step: number
  decimals: number
}

/** Digits after the point of a number as the model's author wrote it; at most 10. */
function decimalsOf(value: number): number {
  const [mantissa, exponent] = String(value).split('e')
  const fraction = mantissa?.split('.')[1]?.length ?? 0
  return Math.min(10, Math.max(0, fraction - Number(exponent ?? 0)))
}

/** About five digits of the range where the model does not say how fine a value is. */
function decimalsForRange(range: number): number {
  return Math.min(8, Math.max(0, 4 - Math.floor(Math.log10(range))))
}

/** Reads the bounds and the step of a number type; bounds the wrong way round are swapped. */
export function numberGrid(type: NumberType): NumberGrid {
  const isInt = type.type === 'int'
  const widest = isInt ? { low: int32Min, high: int32Max } : type.type === 'float' ? { low: -float32Max, high: float32Max } : { low: -Number.MAX_VALUE, high: Number.MAX_VALUE }
  const [min, max] = type.min !== undefined && type.max !== undefined && type.min > type.max ? [type.max, type.min] : [type.min, type.max]
  const low = Math.max(widest.low, min ?? widest.low)
  const high = Math.min(widest.high, max ?? widest.high)
  const step = type.step !== undefined && Number.isFinite(type.step) && type.step > 0 ? type.step : 0
  if (isInt)
    return { low: Math.ceil(low), high: Math.max(Math.ceil(low), Math.floor(high)), step: Math.max(1, Math.round(step)), decimals: 0 }
  const range = high - low
  const decimals = step > 0
    ? Math.max(decimalsOf(step), min === undefined ? 0 : decimalsOf(min))
    : decimalsForRange(range > 0 && Number.isFinite(range) && range < 1e30 ? range : 100)
  return { low, high, step, decimals }
}

/** The value of the grid that is nearest to `value`; what is not a number becomes the value nearest to 0. */
export function snapToGrid(grid: NumberGrid, value: number): number {
  const clamped = Math.min(grid.high, Math.max(grid.low, Number.isNaN(value) ? 0 : value))
  if (grid.step === 0)
    return roundInside(grid, clamped)
  // Steps count from the lower bound, or from 0 where the model gives none worth counting from.
  const origin = Math.abs(grid.low) > 1e15 || grid.low === int32Min ? 0 : grid.low
  const last = Math.floor((grid.high - origin) / grid.step + 1e-9)
  const steps = Math.min(last, Math.round((clamped - origin) / grid.step))
  const stepped = origin + steps * grid.step
  const scale = 10 ** grid.decimals
  // So close to a decimal, a whole number divided by a power of ten is that decimal; by way of text the same takes five times as long.
  return Math.abs(stepped) * scale < Number.MAX_SAFE_INTEGER ? inside(grid, Math.round(stepped * scale) / scale) : roundInside(grid, stepped)
}

function roundInside(grid: NumberGrid, value: number): number {
  // Beyond 1e15 a 64-bit float has no digits after the point left to round.
  return inside(grid, Math.abs(value) < 1e15 ? Number(value.toFixed(grid.decimals)) : value)
}

function inside({ low, high }: NumberGrid, value: number): number {
  return Math.min(high, Math.max(low, value)) + 0
}

/** Bounds a person has set. */
export interface Bounds { min?: number | undefined, max?: number | undefined }

/**
 * A range that values can sensibly be drawn from or move in: the person's bounds, otherwise the model's; where one is
 * missing, 100 beyond the other or 0 to 100. Integers without bounds use the whole 32-bit range. Bounds the wrong way
 * round are swapped, and what lies outside the type is cut off.
 */
export function drawingRange(type: NumberType, bounds: Bounds = {}): { low: number, high: number } {
  const grid = numberGrid(type)
  const min = bounds.min ?? type.min
  const max = bounds.max ?? type.max
  const isInt = type.type === 'int'
  const low = min ?? (isInt ? grid.low : max === undefined ? 0 : max - 100)
  const high = max ?? (isInt ? grid.high : min === undefined ? 100 : min + 100)
  const cut = (value: number): number => Math.min(grid.high, Math.max(grid.low, value))
  return { low: cut(Math.min(low, high)), high: cut(Math.max(low, high)) }
}
