import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { Parameter } from '../../../shared/thing-model/types.ts'
import type { Random } from '../behaviour/random-streams.ts'
import { compileFit } from '../behaviour/fit-value.ts'
import { compileDraw } from '../behaviour/random-value.ts'
import { usualRange } from '../behaviour/suggest.ts'

/** Makes up the output of an event or a service; what the caller has given under the same name is taken over. */
export type DrawOutput = (random: Random, now: number, given: JsonObject) => JsonObject

/**
 * Works out how the output parameters of an event or service are made up, so that every value fits its type: numbers
 * where such a quantity usually lies, dates as the present, texts as the parameter's own name, the rest at random.
 */
export function compileOutput(parameters: readonly Parameter[]): DrawOutput {
  const makers = parameters.map((parameter) => {
    const fit = compileFit(parameter.dataType)
    const draw = compileParameter(parameter)
    return { identifier: parameter.identifier, make: (random: Random, now: number, given: JsonValue | undefined) => fit(given ?? draw(random, now)) }
  })
  return (random, now, given) => Object.fromEntries(makers.map(({ identifier, make }) => [identifier, make(random, now, given[identifier])]))
}

function compileParameter(parameter: Parameter): (random: Random, now: number) => JsonValue {
  const { dataType, identifier } = parameter
  switch (dataType.type) {
    case 'int':
    case 'float':
    case 'double': {
      const { low, high } = usualRange(dataType, names => names.test(identifier) || names.test(parameter.name))
      return random => low + random.next() * (high - low)
    }
    case 'text':
      return () => identifier
    case 'date':
      return (_random, now) => now
    default:
      return compileDraw(dataType)
  }
}
