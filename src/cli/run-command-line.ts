import type { Command } from './command.ts'
import type { Output } from './output.ts'
import { toErrorValue } from '../shared/errors.ts'
import { UsageError } from './command.ts'
import { commandHelp, groupHelp, programHelp } from './help-text.ts'
import { reportFailure } from './output.ts'
import { parseArguments } from './parse-arguments.ts'
import { version } from './version.ts'

/** Carries out one command line and returns the exit code: 0 done, 1 failed, 2 a wrong option or value. */
export async function runCommandLine(words: readonly string[], commands: readonly Command[], output: Output): Promise<number> {
  const json = words.includes('--json')
  try {
    const request = parseArguments(words, commands)
    if (request.kind === 'run')
      return await request.command.run(request.values, request.positionals, output)
    output.line(request.kind === 'version'
      ? version
      : helpFor(request.path, commands))
    return 0
  }
  catch (error) {
    if (error instanceof UsageError) {
      reportFailure(output, { code: 'input/invalid', message: error.message, details: {} }, json)
      return 2
    }
    reportFailure(output, toErrorValue(error), json)
    return 1
  }
}

function helpFor(path: readonly string[], commands: readonly Command[]): string {
  const name = path.join(' ')
  if (name === '')
    return programHelp(commands)
  const named = commands.find(command => command.path.join(' ') === name)
  return named
    ? commandHelp(named)
    : groupHelp(name, commands)
}
