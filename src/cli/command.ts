import type { Option, Positional } from './option.ts'
import type { Output } from './output.ts'

export type OptionTable = Record<string, Option>

/** The values a command's `run` gets: by option name as written in the table, in the option's own type. */
export type OptionValues<O extends OptionTable> = { [K in keyof O]: O[K] extends Option<infer T> ? T : never }

export interface Command<O extends OptionTable = OptionTable> {
  /** The words after `thingbench`: `['product', 'import']`. */
  path: readonly string[]
  about: string
  positionals: readonly Positional[]
  options: O
  /** Shown by `--help`; each must be a line that works. */
  examples: readonly string[]
  /** Does the work and returns the exit code; throws AppError, or UsageError for values that do not go together. */
  run: (values: OptionValues<O>, positionals: readonly string[], output: Output) => Promise<number>
}

/** Declares a command; its option values are typed after its own table. */
export function command<O extends OptionTable>(definition: Command<O>): Command {
  // The parser fills in what this table declares, and nothing else calls `run`.
  return definition as unknown as Command
}

/** A wrong command line: one sentence that names what is wrong; exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
