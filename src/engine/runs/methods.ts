import type { EngineApi } from '../../shared/contract/contract.ts'
import type { RunKeeper } from './run-keeper.ts'
import { reportRun } from '../../shared/run/report.ts'

/** The console's calls on runs. */
export function runMethodHandlers(keeper: RunKeeper): Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `run.${string}`>> {
  return {
    'run.list': wish => keeper.list(wish),
    'run.get': ({ runId }) => keeper.get(runId),
    'run.pin': ({ runId, isPinned }) => keeper.pin(runId, isPinned),
    'run.note': ({ runId, note }) => keeper.note(runId, note),
    'run.delete': async ({ runId }) => {
      await keeper.delete(runId)
      return null
    },
    'run.report': async ({ runId, format }) => reportRun(await keeper.get(runId), format),
  }
}
