import type { Ref, ShallowRef } from 'vue'
import type { ScenarioRun } from '../../../shared/contract/scenario.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import type { ScenarioResult } from '../../../shared/scenario/figures.ts'
import { computed, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { useApi } from '../../session/connection.ts'
import { useSubscription } from '../../session/use-subscription.ts'
import { RunHistory } from './run-history.ts'

export interface ScenarioRunState {
  /** Undefined until the engine has told of it; null: nothing has run. */
  run: ShallowRef<ScenarioRun | null | undefined>
  isUnderWay: Readonly<Ref<boolean>>
  history: RunHistory
  /** Changes with the points of the plots. */
  version: Ref<number>
  /** What the run came to, once it is over. */
  result: ShallowRef<ScenarioResult | null>
  error: ShallowRef<ErrorValue | null>
}

/** Follows the run of the engine, whoever has started it. */
export function useScenarioRun(): ScenarioRunState {
  const api = useApi()
  const run = shallowRef<ScenarioRun | null>()
  const result = shallowRef<ScenarioResult | null>(null)
  const history = new RunHistory()
  const version = ref(0)
  let shownId = ''

  const { error } = useSubscription('scenario.watch', () => ({}), ({ run: next, samples }) => {
    if (next?.runId !== shownId) {
      shownId = next?.runId ?? ''
      history.clear()
    }
    for (const sample of samples)
      history.add(next?.startedAt ?? 0, sample)
    version.value++
    run.value = next
  }, () => {
    shownId = ''
  })
  const isUnderWay = computed(() => run.value !== undefined && run.value !== null && run.value.state !== 'over' && run.value.state !== 'failed')

  watch(() => run.value?.state === 'over' ? run.value.runId : '', async (runId) => {
    result.value = null
    if (runId === '')
      return
    try {
      const answer = await api.call('scenario.result', { runId })
      if (run.value?.runId === runId)
        result.value = answer
    }
    catch (thrown) {
      error.value = toErrorValue(thrown)
    }
  }, { immediate: true })
  return { run, isUnderWay, history, version, result, error }
}
