import { describe, expect, it } from 'vitest'
import { command, UsageError } from '../../../src/cli/command.ts'
import { commands } from '../../../src/cli/commands.ts'
import { anyText, flag, optional, required, seconds, wholeNumber, withDefault } from '../../../src/cli/option.ts'
import { parseArguments } from '../../../src/cli/parse-arguments.ts'

const bake = command({
  path: ['bake'],
  about: 'Bake.',
  positionals: [{ name: 'CAKE', about: 'Which cake.' }],
  options: {
    'layers': required(wholeNumber(1, 9), { about: 'How many layers.', placeholder: 'N' }),
    'minutes': withDefault(seconds(0.5, 90), 30, { about: 'How long.', placeholder: 'S' }),
    'icing': optional(anyText, { about: 'Which icing.', placeholder: 'KIND' }),
    'no-candles': flag('No candles.'),
  },
  examples: [],
  run: () => Promise.resolve(0),
})

function read(line: string): ReturnType<typeof parseArguments> {
  return parseArguments(line === '' ? [] : line.split(' '), [bake, ...commands])
}

/** What a person is told about a wrong line. */
function told(line: string): string {
  try {
    read(line)
  }
  catch (error) {
    if (error instanceof UsageError)
      return error.message
    throw error
  }
  throw new Error(`"${line}" was accepted`)
}

describe('a right line', () => {
  it('gives values in their own types, and defaults for the rest', () => {
    expect(read('bake --layers 3 lemon')).toEqual({
      kind: 'run',
      command: bake,
      values: { 'layers': 3, 'minutes': 30, 'icing': undefined, 'no-candles': false },
      positionals: ['lemon'],
    })
  })

  it('takes a value after = as well as after a space, switches anywhere, and the last of a repeated option', () => {
    expect(read('bake lemon --layers=3 --minutes=.5 --no-candles --icing a --icing b')).toMatchObject({
      values: { 'layers': 3, 'minutes': 0.5, 'icing': 'b', 'no-candles': true },
      positionals: ['lemon'],
    })
  })

  it('takes everything after -- as it stands', () => {
    expect(read('bake --layers 1 -- --lemon')).toMatchObject({ positionals: ['--lemon'] })
  })

  it('takes an empty value and one that holds = as they stand', () => {
    expect(read('bake lemon --layers 1 --icing=a=b')).toMatchObject({ values: { icing: 'a=b' } })
  })

  it('asks for help without a command, for a group and for a command, whatever else is wrong with the line', () => {
    expect(read('')).toEqual({ kind: 'help', path: [] })
    expect(read('--help')).toEqual({ kind: 'help', path: [] })
    expect(read('-h')).toEqual({ kind: 'help', path: [] })
    expect(read('product --help')).toEqual({ kind: 'help', path: ['product'] })
    expect(read('bake --layers 99 --help')).toEqual({ kind: 'help', path: ['bake'] })
    expect(read('product import --help')).toEqual({ kind: 'help', path: ['product', 'import'] })
    expect(read('--version')).toEqual({ kind: 'version' })
  })
})

describe('a wrong line gets one sentence that names what is wrong', () => {
  it.each([
    ['brew', 'Unknown command brew: expected one of bake, serve, simulate, product, device, topology, trace.'],
    ['--layers 3', 'Unknown option --layers: a command comes first, see thingbench --help.'],
    ['product', 'thingbench product needs one of create, import, list, export, update after it.'],
    ['product remove', 'Unknown command product remove: expected one of create, import, list, export, update after product.'],
    ['bake lemon', '--layers N is missing: How many layers.'],
    ['bake --layers 3', 'thingbench bake needs CAKE: Which cake.'],
    ['bake --layers 3 lemon lime', 'thingbench bake does not know what to do with "lime".'],
    ['bake --layers', '--layers needs a value: expected a whole number from 1 to 9.'],
    ['bake --layers --minutes 3', '--layers needs a value: expected a whole number from 1 to 9.'],
    ['bake --layers 10', '--layers: expected a whole number from 1 to 9, got "10".'],
    ['bake --layers -1', '--layers: expected a whole number from 1 to 9, got "-1".'],
    ['bake --layers 1.5', '--layers: expected a whole number from 1 to 9, got "1.5".'],
    ['bake --layers 0x3', '--layers: expected a whole number from 1 to 9, got "0x3".'],
    ['bake --layers=', '--layers: expected a whole number from 1 to 9, got "".'],
    ['bake --minutes soon', '--minutes: expected a number of seconds from 0.5 to 90, got "soon".'],
    ['bake --minutes NaN', '--minutes: expected a number of seconds from 0.5 to 90, got "NaN".'],
    ['bake --icing=', '--icing: expected a text, got "".'],
    ['bake --no-candles=yes', '--no-candles is a switch and takes no value, but got "yes".'],
    ['bake --layer 3', 'Unknown option --layer of thingbench bake; did you mean --layers?'],
    ['bake --oven 3', 'Unknown option --oven of thingbench bake; see thingbench bake --help.'],
    ['bake -l 3', 'Unknown option -l of thingbench bake; see thingbench bake --help.'],
    ['bake --constructor', 'Unknown option --constructor of thingbench bake; see thingbench bake --help.'],
    ['bake --__proto__=1', 'Unknown option --__proto__ of thingbench bake; see thingbench bake --help.'],
    ['serve --mqtt-port 70000', '--mqtt-port: expected a whole number from 0 to 65535, got "70000".'],
    ['simulate --product x --devices 0', '--devices: expected a whole number from 1 to 50000, got "0".'],
    ['simulate --product x --broker tcp://h', '--broker: expected an address such as mqtt://192.168.1.20:1883, got "tcp://h".'],
    ['simulate --product x --broker mqtt://me:pass@h', '--broker: expected an address such as mqtt://192.168.1.20:1883, got "mqtt://me:pass@h".'],
  ])('%s', (line, sentence) => {
    expect(told(line)).toBe(sentence)
  })
})
