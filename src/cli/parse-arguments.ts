import type { Command } from './command.ts'
import type { Option } from './option.ts'
import { closestWord } from '../shared/closest-word.ts'
import { UsageError } from './command.ts'

/** What a command line asks for. */
export type Request
  = | { kind: 'help', path: readonly string[] }
    | { kind: 'version' }
    | { kind: 'run', command: Command, values: Record<string, unknown>, positionals: string[] }

/**
 * Reads the words after the program's name.
 * @throws UsageError naming the first thing that is wrong.
 */
export function parseArguments(words: readonly string[], commands: readonly Command[]): Request {
  const [first] = words
  if (first === undefined || isHelp(first))
    return { kind: 'help', path: [] }
  if (first === '--version' || first === '-v')
    return { kind: 'version' }

  const found = findCommand(words, commands)
  if (Array.isArray(found))
    return { kind: 'help', path: found }
  const rest = words.slice(found.path.length)
  // Help wins over everything that is wrong in the same line, but not over what follows `--`.
  if (rest.slice(0, rest.includes('--')
    ? rest.indexOf('--')
    : undefined).some(isHelp)) {
    return { kind: 'help', path: found.path }
  }
  return {
    kind: 'run',
    command: found,
    ...readRest(found, rest),
  }
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

/** The command, or the path of a group of commands whose help is asked for. */
function findCommand(words: readonly string[], commands: readonly Command[]): Command | string[] {
  if (words[0]?.startsWith('-'))
    throw new UsageError(`Unknown option ${optionName(words[0])}: a command comes first, see thingbench --help.`)
  let members = commands
  for (let depth = 0; ; depth++) {
    const group = words.slice(0, depth)
    const word = words[depth]
    const choices = [...new Set(members.map(command => command.path[depth]!))].join(', ')
    if (word === undefined)
      throw new UsageError(`thingbench ${group.join(' ')} needs one of ${choices} after it.`)
    if (isHelp(word))
      return group
    members = members.filter(command => command.path[depth] === word)
    if (members.length === 0) {
      const after = depth === 0 ? '' : ` after ${group.join(' ')}`
      throw new UsageError(`Unknown command ${[...group, word].join(' ')}: expected one of ${choices}${after}.`)
    }
    const whole = members.find(command => command.path.length === depth + 1)
    if (whole)
      return whole
  }
}

function readRest(command: Command, words: readonly string[]): { values: Record<string, unknown>, positionals: string[] } {
  const values: Record<string, unknown> = {}
  const positionals: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === '--') {
      positionals.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word)
      continue
    }
    const name = optionName(word)
    const option = optionOf(command, name)
    if (option === undefined)
      throw unknownOption(command, name)
    const inline = word.includes('=')
      ? word.slice(word.indexOf('=') + 1)
      : undefined
    if (option.kind === null) {
      if (inline !== undefined)
        throw new UsageError(`${name} is a switch and takes no value, but got "${inline}".`)
      values[name.slice(2)] = true
      continue
    }
    const next = words[i + 1]
    if (inline === undefined) {
      if (next === undefined || optionOf(command, optionName(next)) !== undefined)
        throw new UsageError(`${name} needs a value: expected ${option.kind.expected}.`)
      i++
    }
    values[name.slice(2)] = readValue(name, option, inline ?? next!)
  }
  fillIn(command, values)
  checkPositionals(command, positionals)
  return { values, positionals }
}

function readValue(name: string, option: Option, text: string): unknown {
  const value = option.kind!.read(text)
  if (value === undefined)
    throw new UsageError(`${name}: expected ${option.kind!.expected}, got "${text}".`)
  return value
}

function fillIn(command: Command, values: Record<string, unknown>): void {
  for (const [name, option] of Object.entries(command.options)) {
    if (Object.hasOwn(values, name))
      continue
    if (option.required)
      throw new UsageError(`--${name} ${option.placeholder} is missing: ${option.about}`)
    values[name] = option.initial
  }
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const name = `thingbench ${command.path.join(' ')}`
  const missing = command.positionals[given.length]
  if (missing && !missing.optional)
    throw new UsageError(`${name} needs ${missing.name}: ${missing.about}`)
  const extra = given[command.positionals.length]
  if (extra !== undefined && !command.positionals.at(-1)?.repeated)
    throw new UsageError(`${name} does not know what to do with "${extra}".`)
}

function optionOf(command: Command, name: string): Option | undefined {
  return name.startsWith('--') && Object.hasOwn(command.options, name.slice(2))
    ? command.options[name.slice(2)]
    : undefined
}

function optionName(word: string): string {
  return word.includes('=')
    ? word.slice(0, word.indexOf('='))
    : word
}

function unknownOption(command: Command, name: string): UsageError {
  const full = `thingbench ${command.path.join(' ')}`
  const close = closestWord(name, Object.keys(command.options).map(option => `--${option}`))
  return new UsageError(`Unknown option ${name} of ${full}; ${close === undefined
    ? `see ${full} --help.`
    : `did you mean ${close}?`}`)
}
