import type { BehaviourParameter, ParameterDraw } from '../../../shared/contract/behaviour.ts'
import type { Random } from './random-streams.ts'
import type { Remember, Turn } from './turn.ts'
import { createRandom } from './random-streams.ts'

/** A number of a behaviour: `value` for every device, or what each device has drawn, at `slot` of what it remembers. */
export interface Parameter { slot: number, value: number }

/** What a device draws once, before its first report. */
export interface FirstDraw { slot: number, name: string, draw: (random: Random) => number }

/** A parameter as one device has it. */
export function valueOf({ slot, value }: Parameter, state: number[], at: number): number {
  return slot === -1 ? value : state[at + slot]!
}

/** Reads the parameters of one property, and gathers in `draws` those that each device draws for itself. */
export function compileParameters(property: string, remember: Remember, draws: FirstDraw[]) {
  const compile = (name: string, parameter: BehaviourParameter): Parameter => {
    if (typeof parameter === 'number')
      return { slot: -1, value: parameter }
    // A device keeps what it has drawn as long as the distribution is the same.
    const slot = remember(`${property} ${name} ${JSON.stringify(parameter)}`)
    draws.push({ slot, name: `${property} ${name}`, draw: compileParameterDraw(parameter) })
    return { slot, value: Number.NaN }
  }
  return {
    read: compile,
    readOptional: (name: string, parameter: BehaviourParameter | undefined): Parameter | undefined => parameter === undefined ? undefined : compile(name, parameter),
  }
}
export type Parameters = ReturnType<typeof compileParameters>

/**
 * Draws what a device has not drawn yet. Each parameter has a stream of its own, from the seed of the run and the names of
 * device, property and parameter, so that one more parameter changes no other value.
 */
export function drawFirst(draws: readonly FirstDraw[], state: number[], at: number, { seed, deviceName }: Turn): void {
  for (const { slot, name, draw } of draws) {
    if (Number.isNaN(state[at + slot]!))
      state[at + slot] = draw(createRandom(seed, `${deviceName} draws ${name}`))
  }
}

/** A parameter as the device or the purpose of this name has it, the same whenever it is asked for. */
export function drawParameter(parameter: BehaviourParameter, seed: number, name: string): number {
  return typeof parameter === 'number' ? parameter : compileParameterDraw(parameter)(createRandom(seed, name))
}

function compileParameterDraw(drawn: ParameterDraw): (random: Random) => number {
  switch (drawn.draw) {
    case 'uniform':
      return random => drawn.min + random.next() * (drawn.max - drawn.min)
    case 'normal': {
      const { mean, deviation, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = drawn
      return random => Math.min(max, Math.max(min, mean + deviation * drawNormal(random)))
    }
    case 'choice': {
      const pick = compilePick(drawn.weights ?? drawn.values.map(() => 1))
      return random => drawn.values[pick(random)]!
    }
  }
}

/** A number around 0 with a deviation of 1 (Box and Muller); takes two numbers of the stream. */
export function drawNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  return radius * Math.cos(2 * Math.PI * random.next())
}

/** Draws a place in a list as often as its weight says; the first place where all weights are 0. */
export function compilePick(weights: readonly number[]): (random: Random) => number {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  // Rounding may lead past the end, though the last weight is 0.
  const last = Math.max(0, weights.findLastIndex(weight => weight > 0))
  return (random) => {
    let left = random.next() * sum
    for (let place = 0; place < last; place++) {
      left -= weights[place]!
      if (left < 0)
        return place
    }
    return last
  }
}
