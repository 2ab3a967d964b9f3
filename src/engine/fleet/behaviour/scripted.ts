import type { JsonValue } from '../../../shared/json.ts'
import type { ValueScripts } from '../../script/types.ts'
import type { Step } from './turn.ts'

/** What scripts run in, and who hears of what they do wrong, in a sentence; without a sandbox, scripts give nothing. */
export interface Scripting { scripts: ValueScripts | undefined, onProblem: (cause: string) => void }

/** Under which name a device remembers what a script keeps. */
export const stateNote = (key: string): string => `${key} state`
/** Under which name a device remembers the last value that a script gave, as JSON. */
export const previousNote = (key: string): string => `${key} previous`

/**
 * A property that a script works out. `before` are the properties that are known by then, by their place in the plan. Each
 * run is on its own: what a script keeps for a device is a note of that device.
 */
export function scripted(text: string, key: string, before: readonly { key: string, place: number }[], { scripts, onProblem }: Scripting): Step {
  const script = scripts?.compile(text)
  const state = stateNote(key)
  const previous = previousNote(key)
  return (_state, _at, turn) => {
    if (script === undefined)
      return undefined
    const properties: Record<string, JsonValue> = {}
    for (const one of before) {
      const value = turn.values[one.place]
      if (value !== undefined)
        properties[one.key] = value
    }
    turn.held?.forEach((value, name) => {
      if (name !== key)
        properties[name] = value
    })
    const answer = script.call({
      about: `{"t":${turn.elapsedSec},"previous":${turn.notes?.get(previous) ?? 'null'},"properties":${JSON.stringify(properties)},"device":${JSON.stringify(turn.deviceName)}}`,
      state: turn.notes?.get(state) ?? '{}',
      random: () => turn.random.next(),
    })
    if (answer.kind === 'failed') {
      onProblem(`The script of ${key} failed${answer.line === undefined ? '' : ` in line ${answer.line}`}: ${answer.problem}.`)
      return undefined
    }
    turn.notes?.set(state, answer.state)
    return answer.kind === 'value' ? JSON.parse(answer.value) as JsonValue : undefined
  }
}
