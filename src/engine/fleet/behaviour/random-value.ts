import type { JsonValue } from '../../../shared/json.ts'
import type { DataType, EnumType, LongType, TextType } from '../../../shared/thing-model/types.ts'
import type { Bounds } from './number-grid.ts'
import type { Random } from './random-streams.ts'
import { toBigInt } from './fit-value.ts'
import { drawingRange } from './number-grid.ts'

/** Draws one value of a type; it still has to be fitted to the type's steps. */
export type Draw = (random: Random) => JsonValue

const textLengthMax = 12
const arraySizeMax = 8
/** 2020 to 2030: fixed, because the same seed has to draw the same dates on any day. */
const dateRange = { low: Date.UTC(2020, 0, 1), high: Date.UTC(2030, 0, 1) }
const letters = 'abcdefghijklmnopqrstuvwxyz'

/** Values evenly spread over what a type allows, narrowed by `bounds` (numbers, and dates in epoch milliseconds); a struct or array draws each of its parts by itself. */
export function compileDraw(type: DataType, bounds: Bounds = {}): Draw {
  switch (type.type) {
    case 'int': {
      const range = drawingRange(type, bounds)
      const low = Math.ceil(range.low)
      const high = Math.max(low, Math.floor(range.high))
      return random => Math.floor(low + random.next() * (high - low + 1))
    }
    case 'float':
    case 'double': {
      const { low, high } = drawingRange(type, bounds)
      return random => low + random.next() * (high - low)
    }
    case 'long':
      return drawLong(type, bounds)
    case 'bool':
      return random => (random.next() < 0.5 ? 0 : 1)
    case 'enum':
      return drawEnum(type, bounds)
    case 'text':
      return drawText(type)
    case 'date': {
      const { min: low = dateRange.low, max: high = dateRange.high } = bounds
      return random => low + random.next() * (high - low)
    }
    case 'struct': {
      const members = type.members.map(member => ({ identifier: member.identifier, draw: compileDraw(member.dataType) }))
      return random => Object.fromEntries(members.map(({ identifier, draw }) => [identifier, draw(random)]))
    }
    case 'array': {
      const draw = compileDraw(type.item)
      const sizeMax = Math.min(arraySizeMax, type.size ?? arraySizeMax)
      return random => Array.from({ length: Math.min(sizeMax, 1 + Math.floor(random.next() * sizeMax)) }, () => draw(random))
    }
  }
}

function drawLong(type: LongType, bounds: Bounds): Draw {
  const low = bounds.min ?? Number(toBigInt(type.min) ?? 0n)
  const high = bounds.max ?? Number(toBigInt(type.max) ?? BigInt(Number.MAX_SAFE_INTEGER))
  return random => Math.round(low + random.next() * (high - low))
}

function drawEnum(type: EnumType, bounds: Bounds): Draw {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bounds
  const within = type.items.filter(item => item.value >= min && item.value <= max)
  const items = within.length > 0 ? within : type.items
  return random => items[Math.floor(random.next() * items.length)]?.value ?? 0
}

function drawText(type: TextType): Draw {
  const lengthMax = Math.min(textLengthMax, type.length ?? textLengthMax)
  return (random) => {
    const length = Math.min(lengthMax, 1 + Math.floor(random.next() * lengthMax))
    return Array.from({ length }, () => letters[Math.floor(random.next() * letters.length)]).join('')
  }
}
