import type { ScriptCall, ScriptRun, ScriptRunner } from '../../script/types.ts'

/** The sandbox of a fleet process, made ready with its first script. */
export class Scripts {
  readonly #open: () => Promise<ScriptRunner>
  #runner: Promise<ScriptRunner> | undefined

  constructor(open: () => Promise<ScriptRunner>) {
    this.#open = open
  }

  async run(call: ScriptCall): Promise<ScriptRun> {
    this.#runner ??= this.#open()
    return await (await this.#runner).run(call)
  }

  async close(): Promise<void> {
    await (await this.#runner)?.close()
  }
}
