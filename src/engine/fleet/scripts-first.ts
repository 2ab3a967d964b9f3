import type { PendingWork } from '../../shared/pending-work.ts'
import type { ValueScripts } from '../script/types.ts'
import type { ToFleetProcess } from './messages.ts'

interface ScriptsFirstContext {
  open: () => Promise<ValueScripts>
  work: PendingWork | undefined
  obey: (message: ToFleetProcess) => void
  reject: (problem: string) => void
}

/**
 * Opens the sandbox before the first message whose behaviours hold a script is obeyed, and again when it is broken. Messages
 * that come meanwhile wait, so all are obeyed in the order they came; a fleet without scripts never waits.
 */
export class ScriptsFirst {
  readonly #context: ScriptsFirstContext
  readonly #waiting: ToFleetProcess[] = []
  #isOpening = false
  #isClosed = false
  opened: ValueScripts | undefined

  constructor(context: ScriptsFirstContext) {
    this.#context = context
  }

  take(message: ToFleetProcess): void {
    if (this.#isOpening) {
      this.#waiting.push(message)
    }
    else if (hasScripts(message) && this.opened?.isSound !== true) {
      this.#isOpening = true
      void this.#openFor(message)
    }
    else {
      this.#context.obey(message)
    }
  }

  async #openFor(message: ToFleetProcess): Promise<void> {
    const { open, work, obey, reject } = this.#context
    const isOver = work?.begin()
    try {
      this.opened = await open()
    }
    catch (error) {
      reject(`the sandbox for scripts did not open (${error instanceof Error ? error.message : String(error)})`)
    }
    this.#isOpening = false
    if (!this.#isClosed) {
      obey(message)
      for (const next of this.#waiting.splice(0))
        this.take(next)
    }
    isOver?.()
  }

  /** What still waits is not obeyed any more. */
  close(): void {
    this.#isClosed = true
  }
}

function hasScripts(message: ToFleetProcess): boolean {
  return (message.kind === 'start' || message.kind === 'update') && Object.values(message.behaviours ?? {}).some(({ kind }) => kind === 'script')
}
