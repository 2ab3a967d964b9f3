import type { ComputedRef } from 'vue'
import type { DataType, ThingModel } from '../../../shared/thing-model/types.ts'
import { computed } from 'vue'
import { parseThingModel } from '../../../shared/thing-model/parse.ts'

/** The thing model of a product's text, or null while there is none. The engine checked it when it was imported. */
export function useThingModel(text: () => string | null | undefined): ComputedRef<ThingModel | null> {
  return computed(() => {
    const source = text()
    return source ? parseThingModel(source).model ?? null : null
  })
}

/** True for values that are numbers on the wire and can be plotted. */
export function isPlottable(type: DataType): boolean {
  return type.type === 'int' || type.type === 'float' || type.type === 'double' || type.type === 'long' || type.type === 'bool' || type.type === 'enum'
}

/** The unit of a number, empty for everything else. */
export function unitOf(type: DataType): string {
  return 'unit' in type ? type.unit ?? '' : ''
}
