import { expect, it } from 'vitest'
import { UsageError } from '../../../src/cli/command.ts'
import { commands } from '../../../src/cli/commands.ts'
import { commandHelp, groupHelp, programHelp } from '../../../src/cli/help-text.ts'
import { parseArguments } from '../../../src/cli/parse-arguments.ts'

it('names every command in the help of the program', () => {
  const help = programHelp(commands)
  for (const command of commands)
    expect(help).toContain(`thingbench ${command.path.join(' ')}`)
})

it('names the commands of a group', () => {
  expect(groupHelp('product', commands)).toMatchInlineSnapshot(`
    "Usage: thingbench product create|import|list|export|update|topic|script

      thingbench product create --name NAME
                                       Make a product without a thing model, such as that of a gateway.
      thingbench product import FILE…  Make a product from a thing model file (TSL), or give a new
                                       version of its model to one.
      thingbench product list          List the products of a workspace.
      thingbench product export [PRODUCT_KEY]
                                       Print the thing model of a product in the form that the cloud's
                                       console imports.
      thingbench product update PRODUCT_KEY
                                       Change a product: its name, its node type, how its reports are
                                       checked, or whether devices that know only its secret may
                                       register.
      thingbench product topic list PRODUCT_KEY
                                       List the custom topics that the devices of a product may use.
      thingbench product topic add PRODUCT_KEY TOPIC --allow PUB|SUB|ALL
                                       Let the devices of a product use a custom topic.
      thingbench product topic remove PRODUCT_KEY TOPIC
                                       Let the devices of a product use a custom topic no longer.
      thingbench product script ACTION PRODUCT_KEY [FILE]
                                       Show, save, submit or test the script that parses the bytes of a
                                       product with a custom data format."
  `)
})

it('explains a command with what each option accepts and what it is when left out', () => {
  expect(commandHelp(commands.find(command => command.path[0] === 'serve')!)).toMatchInlineSnapshot(`
    "Run the platform on this machine and serve the page, until Ctrl-C.

    Usage: thingbench serve [--workspace DIR] [--sample] [--mqtt-port N] [--http-port N] [--console-port N] [--openapi-port N] [--openapi-host ADDR] [--device-host ADDR] [--no-open] [--json]

      --workspace DIR      The workspace folder; without it, the one in your data folder.
      --sample             Fill the workspace with the sample: a product and 1,000 simulated devices.
                           Your own workspace has it from the first start.
      --mqtt-port N        Port on which devices connect; 0 means any free one, and a free one is taken
                           when it is in use (a whole number from 0 to 65535; default 1883).
      --http-port N        Port for files that devices fetch; 0 means any free one (a whole number from
                           0 to 65535; default 0).
      --console-port N     Port of the page, on 127.0.0.1 only; 0 means any free one (a whole number
                           from 0 to 65535; default 0).
      --openapi-port N     Port of the cloud's API for server programs; 0 means any free one, and a free
                           one is taken when it is in use (a whole number from 0 to 65535; default
                           8880).
      --openapi-host ADDR  Address of the cloud's API; 0.0.0.0 lets programs on your network call it,
                           signed with an access key. Without it, as the workspace is set; a new one
                           keeps to this machine (an address of this machine, such as 0.0.0.0 or
                           192.168.1.20).
      --device-host ADDR   Address on which devices connect; 0.0.0.0 lets boards on your network in.
                           Without it, as the workspace is set; a new one keeps to this machine (an
                           address of this machine, such as 0.0.0.0 or 192.168.1.20).
      --no-open            Do not open the page in a browser.
      --json               Print JSON, one value a line, and errors as JSON too.
      --help               Show this text.

    Examples:
      thingbench serve
      thingbench serve --workspace ./bench --mqtt-port 0 --no-open --json
      thingbench serve --device-host 0.0.0.0"
  `)
})

it.each(commands.map(command => [command.path.join(' '), command] as const))('gives %s a help that names all its options', (_, command) => {
  const help = commandHelp(command)
  for (const name of [...Object.keys(command.options).map(option => `--${option}`), ...command.positionals.map(positional => positional.name)])
    expect(help).toContain(name)
})

/** The words of a line as a shell reads them that has no variables. */
function splitWords(line: string): string[] {
  return Array.from(line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g), ([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''))
}

it.each(commands.flatMap(command => command.examples))('shows an example that is a right command line: %s', (example) => {
  const words = splitWords(example.replace(/ >.*$/, '')).slice(1)
  expect(() => parseArguments(words, commands)).not.toThrow(UsageError)
})
