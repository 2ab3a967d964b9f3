import type { Batch } from '../shared/contract/batch.ts'
import { AppError } from '../shared/errors.ts'
import { finalStates, taskStates } from '../shared/ota/task.ts'
import { command } from './command.ts'
import { jsonOption } from './option.ts'
import { batchWord, describeCounts, plain } from './ota-batch.ts'
import { watchStopSignals } from './stop-signal.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench ota batch watch ID`: for scripts that have to wait for an update. */
export const otaBatchWatch = command({
  path: ['ota', 'batch', 'watch'],
  about: 'Follow a batch until all its updates have ended; exit code 1 when one failed, or when it was stopped before.',
  positionals: [batchWord],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench ota batch watch 3kT8vXq2LmZp9RwYc6HsNd'],
  async run({ workspace, json }, [batchId = ''], output) {
    using stop = watchStopSignals()
    let last = ''
    const print = (batch: Batch): void => {
      const shown = `${batch.state} ${describeCounts(batch.counts)}`
      if (shown === last)
        return
      last = shown
      if (json)
        output.json(plain(batch))
      else
        output.line(`${new Date().toISOString()}  ${batch.state}  ${describeCounts(batch.counts)}`)
    }
    const batch = await withWorkspace({ workspace }, async (client) => {
      const first = await client.call('batch.get', { batchId })
      print(first)
      if (isOver(first))
        return first
      if ((await client.call('app.info', {})).mqtt.port === 0)
        throw new AppError('listen/failed', 'No engine with a listener for devices has the workspace open, so the batch does not go on: start one with serve.')
      let seen = first
      const ended = new AbortController()
      await client.subscribe('batch.watch', { batchId }, (batch) => {
        seen = batch
        print(batch)
        if (isOver(batch) || !output.wanted())
          ended.abort()
      }, { signal: AbortSignal.any([stop.signal, ended.signal]) })
      return seen
    })
    if (!isOver(batch))
      output.note('Stopped before the batch had ended.')
    return isOver(batch) && batch.counts.FAILED === 0 ? 0 : 1
  },
})

/** Whether nothing of a batch can change any more; a dynamic one ends only when it is cancelled. */
function isOver({ state, counts }: Batch): boolean {
  return (state === 'COMPLETED' || state === 'CANCELED') && taskStates.every(task => finalStates.includes(task) || counts[task] === 0)
}
