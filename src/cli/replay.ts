import type { ValueKind } from './option.ts'
import { parseSpan } from '../shared/filter/parse-span.ts'
import { limits } from '../shared/limits.ts'
import { command, UsageError } from './command.ts'
import { filterOption } from './filter-words.ts'
import { instant } from './instant.ts'
import { anyText, flag, jsonOption, oneOf, optional, seconds, wholeNumber, withDefault } from './option.ts'
import { workspaceOption } from './workspace-option.ts'

const identity = /^[^/\s]+\/[^/\s]+$/

const devices: ValueKind<{ productKey: string, deviceName: string }[]> = {
  expected: 'PRODUCT-KEY/NAME, several of them with commas',
  read: (text) => {
    const words = text.split(',')
    return words.every(word => identity.test(word)) ? words.map(word => ({ productKey: word.slice(0, word.indexOf('/')), deviceName: word.slice(word.indexOf('/') + 1) })) : undefined
  },
}
const span: ValueKind<number> = { expected: 'a span of time such as 30s, 10m or 2h', read: text => parseSpan(text) ?? undefined }
const speed: ValueKind<number> = {
  expected: `a number from ${limits.replaySpeedMin} to ${limits.replaySpeedMax}`,
  read: (text) => {
    const value = /^\d{1,3}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    return value >= limits.replaySpeedMin && value <= limits.replaySpeedMax ? value : undefined
  },
}
const map: ValueKind<Record<string, string>> = {
  expected: 'PRODUCT-KEY/NAME=PRODUCT-KEY/NAME, several of them with commas',
  read: (text) => {
    const pairs = text.split(',').map(word => word.split('='))
    return pairs.every(pair => pair.length === 2 && pair.every(name => identity.test(name))) ? Object.fromEntries(pairs as [string, string][]) : undefined
  },
}
const rounds: ValueKind<number | 'forever'> = {
  expected: `a whole number from 1 to ${limits.replayRoundsMax}, or forever`,
  read: text => text === 'forever' ? text : wholeNumber(1, limits.replayRoundsMax).read(text),
}

/** `thingbench replay`: what devices sent, sent again. */
export const replay = command({
  path: ['replay'],
  about: 'Send again what devices once sent, as themselves or as new devices, at any speed; ends with a summary.',
  positionals: [filterOption],
  options: {
    'device': optional(devices, { about: 'Only what these devices sent.', placeholder: 'PRODUCT-KEY/NAME' }),
    'last': optional(span, { about: 'Only what was sent within this time until now.', placeholder: 'SPAN' }),
    'from': optional(instant, { about: 'Not before this time.', placeholder: 'TIME' }),
    'to': optional(instant, { about: 'Not after this time.', placeholder: 'TIME' }),
    'file': optional(anyText, { about: 'Play an export of the trace in JSON lines instead of what the workspace keeps.', placeholder: 'FILE' }),
    'stamp': optional(anyText, { about: 'Play it by new devices of this name and a number instead of the recorded ones.', placeholder: 'PREFIX' }),
    'count': optional(wholeNumber(1, limits.replayDevicesMax), { about: 'How many new devices; they take turns in playing the recorded ones. Default 1.', placeholder: 'N' }),
    'map': optional(map, { about: 'Play recorded devices by others: RECORDED=PLAYS; those that are not named are left out.', placeholder: 'MAP' }),
    'speed': withDefault(speed, 1, { about: 'How many times as fast as it was recorded.', placeholder: 'X' }),
    'times': withDefault(oneOf('shift', 'as-recorded'), 'shift', { about: 'Instants in the messages are moved to now, or left as they were.', placeholder: 'HOW' }),
    'gap': optional(seconds(0, 86_400), { about: 'Shorten silences that are longer than this.', placeholder: 'S' }),
    'repeat': withDefault(rounds, 1, { about: 'How often it is played, or forever.', placeholder: 'N' }),
    'take-over': flag('Simulated devices that are online give way; a real device is never thrown out.'),
    'workspace': workspaceOption,
    'json': jsonOption,
  },
  examples: [
    'thingbench replay --device a1Thermostat/kitchen --last 10m',
    'thingbench replay product:a1Thermostat topic:property --from 2025-11-21T14:00 --to 2025-11-21T15:00 --speed 10',
    'thingbench replay --file export.jsonl --stamp copy --count 100 --speed 100 --json',
    'thingbench replay --file export.jsonl --map a1Thermostat/kitchen=a1Thermostat/bench-01 --times as-recorded --repeat forever',
  ],
  async run(values, words, output) {
    const { file, device, last, from, to, stamp, count, map: names } = values
    if (file !== undefined && (device ?? last ?? from ?? to ?? words[0]) !== undefined)
      throw new UsageError('--file is played as a whole; --device, --last, --from, --to and a FILTER choose from what the workspace keeps.')
    if (stamp !== undefined && names !== undefined)
      throw new UsageError('--stamp makes new devices and --map names others: one of them.')
    if (count !== undefined && stamp === undefined)
      throw new UsageError('--count goes with --stamp PREFIX.')
    if (last !== undefined && from !== undefined)
      throw new UsageError('--last and --from both say where it begins: one of them.')
    const { runReplay } = await import('./run-replay.ts')
    return await runReplay({ ...values, words, takeOver: values['take-over'] }, output)
  },
})
