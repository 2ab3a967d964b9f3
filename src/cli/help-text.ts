import type { Command } from './command.ts'
import type { Option, Positional } from './option.ts'

/** The whole help of the program: every command with a line. */
export function programHelp(commands: readonly Command[]): string {
  const rows = commands.map((command): [string, string] => [
    usage(command, { options: false }),
    command.about,
  ])
  return [
    'Thingbench: a device fleet and a cloud IoT platform on this machine.',
    '',
    'Usage: thingbench COMMAND [OPTIONS]',
    '',
    ...columns(rows),
    '',
    'thingbench COMMAND --help explains one command, thingbench --version says which version this is.',
    'Exit codes: 0 done, 1 failed (one sentence on stderr), 2 a wrong option or value.',
  ].join('\n')
}

/** The help of a group such as `product` or `product topic`. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  const depth = group.split(' ').length
  const members = commands.filter(command => command.path.slice(0, depth).join(' ') === group)
  return [
    `Usage: thingbench ${group} ${[...new Set(members.map(command => command.path[depth]))].join('|')}`,
    '',
    ...columns(members.map(command => [
      usage(command, { options: false }),
      command.about,
    ])),
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const rows = [
    ...command.positionals.map((positional): [string, string] => [positional.name, positional.about]),
    ...Object.entries(command.options).map(([name, option]): [string, string] => [
      optionForm(name, option),
      aboutOption(option),
    ]),
    ['--help', 'Show this text.'] satisfies [string, string],
  ]
  return [
    command.about,
    '',
    `Usage: ${usage(command, { options: true })}`,
    '',
    ...columns(rows),
    ...(command.examples.length === 0
      ? []
      : [
          '',
          'Examples:',
          ...command.examples.map(example => `  ${example}`),
        ]),
  ].join('\n')
}

function usage(command: Command, { options }: { options: boolean }): string {
  const words = [
    'thingbench',
    ...command.path,
    ...command.positionals.map(positionalForm),
  ]
  const given = Object.entries(command.options).flatMap(([name, option]) => {
    if (option.required) {
      return [
        optionForm(name, option),
      ]
    }
    return options
      ? [`[${optionForm(name, option)}]`]
      : []
  })
  return [
    ...words,
    ...given,
  ].join(' ')
}

function positionalForm({ name, optional, repeated }: Positional): string {
  const form = repeated ? `${name}…` : name
  return optional ? `[${form}]` : form
}

export function optionForm(name: string, option: Option): string {
  return option.placeholder === null
    ? `--${name}`
    : `--${name} ${option.placeholder}`
}

/** What an option does, with what it accepts and what it is when left out. */
export function aboutOption(option: Option): string {
  const extra = [
    option.kind !== null && option.kind.expected !== 'a text'
      ? option.kind.expected
      : '',
    option.required ? 'required' : '',
    option.kind !== null && option.initial !== undefined
      ? `default ${String(option.initial)}`
      : '',
  ].filter(text => text !== '')
  return extra.length === 0
    ? option.about
    : `${option.about.replace(/\.$/, '')} (${extra.join('; ')}).`
}

const lineWidth = 100
const leftWidthMax = 32

/** Two columns, the left as wide as its longest entry up to a limit; a longer one has the right on the lines below it. */
function columns(rows: [string, string][]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length).filter(length => length <= leftWidthMax))
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, lineWidth - width - 4).map(line => `  ${' '.repeat(width)}  ${line}`)
    const [first = ''] = lines
    return left.length <= width
      ? [`  ${left.padEnd(width)}${first.slice(2 + width)}`, ...lines.slice(1)]
      : [`  ${left}`, ...lines]
  })
}

/** Cuts a text between words into lines of at most so many letters. */
function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else
      lines.push(word)
    return lines
  }, [])
}

/** The reference of the command line for the documentation, as Markdown. */
export function commandsMarkdown(commands: readonly Command[]): string {
  return [
    '# The command line',
    '',
    'Made from the tables in `src/cli`; do not edit. From a checkout: `npx thingbench …`.',
    '',
    'Exit codes: 0 done, 1 failed (one sentence on stderr; with `--json` also `{"error":{"code","message","details"}}` on stdout), 2 a wrong option or value. Times are epoch milliseconds.',
    ...commands.flatMap(command => ['', `## thingbench ${command.path.join(' ')}`, '', '```text', commandHelp(command), '```']),
    '',
  ].join('\n')
}
