import type { BehaviourParameter, ParameterDraw } from '../../../shared/contract/behaviour.ts'

const numeral = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?`
const range = new RegExp(String.raw`^(${numeral})\s*(?:\.\.|…)\s*(${numeral})$`, 'i')
const around = new RegExp(String.raw`^(${numeral})\s*(?:±|\+-)\s*(${numeral})$`, 'i')
const bounds = new RegExp(String.raw`^(${numeral})?\s*(?:\.\.|…)\s*(${numeral})?$`, 'i')
const choice = new RegExp(String.raw`^(${numeral})(?:\s*\*\s*(${numeral}))?$`, 'i')

/**
 * A parameter as it is typed: `21.5`; `18..24` drawn evenly; `21±2` or `21+-2` drawn normally, `21±2 in 15..30` within
 * bounds; `1|2|5` one of these, `1*3|5` the first three times as often.
 */
export function writeParameter(parameter: BehaviourParameter): string {
  if (typeof parameter === 'number')
    return String(parameter)
  switch (parameter.draw) {
    case 'uniform':
      return `${parameter.min}..${parameter.max}`
    case 'normal': {
      const { mean, deviation, min, max } = parameter
      return `${mean}±${deviation}${min === undefined && max === undefined ? '' : ` in ${min ?? ''}..${max ?? ''}`}`
    }
    case 'choice':
      return parameter.values.map((value, index) => parameter.weights === undefined ? value : `${value}*${parameter.weights[index]}`).join('|')
  }
}

/** Undefined when the text is none of the forms of {@link writeParameter}. */
export function readParameter(text: string): BehaviourParameter | undefined {
  const typed = text.trim()
  const [, min, max] = range.exec(typed) ?? []
  if (min !== undefined)
    return { draw: 'uniform', min: Number(min), max: Number(max) }
  const [middle = '', inside, more] = typed.split(' in ')
  const [, mean, deviation] = around.exec(middle.trim()) ?? []
  const within = inside === undefined ? [] : bounds.exec(inside.trim())
  if (mean !== undefined && within !== null && more === undefined) {
    const [, from, to] = within
    return { draw: 'normal', mean: Number(mean), deviation: Number(deviation), ...(from !== undefined && { min: Number(from) }), ...(to !== undefined && { max: Number(to) }) }
  }
  const parts = typed.split('|').map(part => choice.exec(part.trim()))
  if (parts.includes(null))
    return undefined
  if (parts.length === 1 && parts[0]![2] === undefined)
    return Number(parts[0]![1])
  return {
    draw: 'choice',
    values: parts.map(part => Number(part![1])),
    ...(parts.some(part => part![2] !== undefined) && { weights: parts.map(part => Number(part![2] ?? 1)) }),
  } satisfies ParameterDraw
}
