import type { ErrorValue } from '../shared/errors.ts'
import type { JsonValue } from '../shared/json.ts'

/** Where a command writes: results for programs and people on one stream, everything else on the other. */
export interface Output {
  /** One line of the result, on stdout. */
  line: (text: string) => void
  /** One line of the result as JSON, on stdout. */
  json: (value: JsonValue) => void
  /** One line beside the result (progress, notices, errors), on stderr. */
  note: (text: string) => void
  /** True when stderr is watched by a person. */
  readonly watched: boolean
  /** False once the reader of stdout has gone away (`thingbench trace | head -1`): the rest need not be made. */
  readonly wanted: () => boolean
}

/** Writes to this process' own streams; a reader that goes away early is not an error. */
export function createOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output {
  let readerGone = false
  const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE' && error.code !== 'EOF')
      throw error
  }
  stdout.on('error', (error) => {
    readerGone = true
    ignoreClosedPipe(error)
  })
  stderr.on('error', ignoreClosedPipe)

  const line = (text: string): void => {
    if (!readerGone)
      stdout.write(`${text}\n`)
  }
  return {
    line,
    json: value => line(JSON.stringify(value)),
    note: text => void stderr.write(`${text}\n`),
    watched: stderr.isTTY === true,
    wanted: () => !readerGone,
  }
}

/** Says why a command failed: one sentence on stderr and, with `--json`, the error as a value on stdout. */
export function reportFailure(output: Output, error: ErrorValue, json: boolean): void {
  output.note(error.message)
  if (json) {
    output.json({
      error: { code: error.code, message: error.message, details: error.details },
    })
  }
}
