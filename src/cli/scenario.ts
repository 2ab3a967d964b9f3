import type { Scenario } from '../shared/scenario/read-scenario.ts'
import type { LoadedScenario } from './load-scenario.ts'
import type { Output } from './output.ts'
import { command } from './command.ts'
import { jsonOption } from './option.ts'

const scenarioWord = { name: 'SCENARIO', about: 'A scenario file (YAML), or the name of a shipped one, as scenario list shows it.' }

/** `thingbench scenario list`. */
export const scenarioList = command({
  path: ['scenario', 'list'],
  about: 'List the scenarios that come with Thingbench.',
  positionals: [],
  options: { json: jsonOption },
  examples: ['thingbench scenario list'],
  async run({ json }, _, output) {
    const { shippedScenarios } = await import('./load-scenario.ts')
    for (const { name, title, about } of await shippedScenarios()) {
      if (json)
        output.json({ name, title, about })
      else
        output.line(`${name.padEnd(20)}  ${title}`)
    }
    return 0
  },
})

/** `thingbench scenario check FILE`. */
export const scenarioCheck = command({
  path: ['scenario', 'check'],
  about: 'Read a scenario without running it, and say all that is wrong with it, by line and column; exit code 2 when something is.',
  positionals: [scenarioWord],
  options: { json: jsonOption },
  examples: ['thingbench scenario check street.yaml', 'thingbench scenario check street-lamps --json'],
  async run({ json }, [word = ''], output) {
    const { loadScenario } = await import('./load-scenario.ts')
    const loaded = await loadScenario(word)
    const { file, scenario } = loaded
    if (json)
      output.json({ file, problems: loaded.problems.map(problem => ({ ...problem })) })
    else if (scenario === null)
      printProblems(loaded, output)
    else
      output.line(`${file} is a good scenario: ${describe(scenario)}.`)
    return scenario === null ? 2 : 0
  },
})

/** `thingbench scenario schema`. */
export const scenarioSchema = command({
  path: ['scenario', 'schema'],
  about: 'Print the JSON schema of scenario files, for editors that complete and check as you type.',
  positionals: [],
  options: { json: jsonOption },
  examples: ['thingbench scenario schema > scenario.schema.json'],
  async run({ json }, _, output) {
    const { publishedScenarioSchema } = await import('../shared/scenario/published-schema.ts')
    const text = publishedScenarioSchema()
    if (json)
      output.json(JSON.parse(text))
    else
      output.line(text.trimEnd())
    return 0
  },
})

/** Says what is wrong with a scenario as a compiler does: file, line and column first. */
export function printProblems({ file, problems }: LoadedScenario, output: Output): void {
  for (const { line, column, path, message } of problems)
    output.note(`${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`)
  output.note(`${counted(problems.length, 'problem')}.`)
}

function describe({ groups, timeline, expect }: Scenario): string {
  const devices = Object.values(groups).reduce((sum, { count }) => sum + count, 0)
  return [counted(devices, 'device'), counted(Object.keys(groups).length, 'group'), counted(timeline.length, 'action'), counted(expect.length, 'expectation')].join(', ')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
