import type { ValueKind } from './option.ts'
import { command, UsageError } from './command.ts'
import { anyText, flag, jsonOption, optional, wholeNumber } from './option.ts'

/** How fast virtual time passes: `max`, or how many seconds of it in one. */
const speed: ValueKind<number | 'max'> = {
  expected: 'max, or a number from 0.1 to 100000',
  read: text => text === 'max' ? text : /^\d+(?:\.\d+)?$/.test(text) && Number(text) >= 0.1 && Number(text) <= 100_000 ? Number(text) : undefined,
}

/** `thingbench run SCENARIO`. */
export const run = command({
  path: ['run'],
  about: 'Run a scenario without a page: its devices, its timeline and its expectations. Exit code 0 when all is met, 1 when not, 2 when the scenario has problems.',
  positionals: [{ name: 'SCENARIO', about: 'A scenario file (YAML), or the name of a shipped one, as scenario list shows it.' }],
  options: {
    seed: optional(wholeNumber(0, 0xFFFF_FFFF), { about: 'Repeats a run; without it, the seed of the scenario, or one that is drawn.', placeholder: 'N' }),
    speed: optional(speed, { about: 'In virtual time, so many times as fast as real at the most, or max: the run repeats exactly, and a hash of what the devices said proves it. Devices have no sockets then.', placeholder: 'N' }),
    report: optional(anyText, { about: 'Write a report for people to this file, one HTML page with its plots in it.', placeholder: 'HTML' }),
    junit: optional(anyText, { about: 'Write a report for test servers to this file, a test case for each expectation.', placeholder: 'XML' }),
    result: optional(anyText, { about: 'Write the whole result to this file as JSON, what --json prints.', placeholder: 'JSON' }),
    workspace: optional(anyText, { about: 'Run in this workspace, through its engine if one has it open, and take away at the end what the run made; without it, in a temporary one.', placeholder: 'DIR' }),
    keep: flag('Leave products, devices, messages and, without --workspace, the temporary workspace as they are at the end.'),
    json: jsonOption,
  },
  examples: [
    'thingbench run street-lamps',
    'thingbench run street.yaml --seed 7 --report run.html --junit run.xml',
    'thingbench run cold-chain --seed 7 --speed max',
    'thingbench run ota-week --result run.json --keep',
  ],
  async run(values, [word = ''], output) {
    const files = [values.report, values.junit, values.result].filter(file => file !== undefined)
    if (new Set(files).size < files.length)
      throw new UsageError('--report, --junit and --result need a file each.')
    if (values.speed !== undefined && values.workspace !== undefined)
      throw new UsageError('--speed needs an engine of its own, so it cannot go with --workspace.')
    const { runScenarioFile } = await import('./run-scenario-file.ts')
    return await runScenarioFile(word, values, output)
  },
})
