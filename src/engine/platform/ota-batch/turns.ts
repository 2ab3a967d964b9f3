import type { Store } from '../../store/types.ts'
import { setImmediate } from 'node:timers/promises'

/** Tasks changed in one turn: some milliseconds. */
const tasksPerTurn = 100
/** Tasks queued for the writer before it is waited for; twice as many may wait. */
const tasksPerFlush = 1_000

/**
 * Does something with many tasks, some at a time, so that neither the messages of devices are held up nor the queue of the writer
 * is filled. `run` returns false when it had nothing to do. Resolves when all of it is on disk, or when it is over before.
 */
export async function inTurns<Item>(items: Iterable<Item>, run: (item: Item) => unknown, { store, isOver = () => false }: { store: Pick<Store, 'flush'>, isOver?: () => boolean }): Promise<void> {
  let done = 0
  let written = Promise.resolve()
  try {
    for (const item of items) {
      if (isOver())
        return
      if (run(item) === false)
        continue
      done += 1
      if (done % tasksPerTurn === 0)
        await setImmediate()
      if (done % tasksPerFlush === 0) {
        await written
        written = store.flush()
        // It is waited for later; until then a failure is not an unhandled one.
        written.catch(() => {})
      }
    }
    await written
    await store.flush()
  }
  catch (error) {
    if (!isOver())
      throw error
  }
}
