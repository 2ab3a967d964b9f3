import type { ComputedRef } from 'vue'
import type { ReplayOmitted } from '../../../shared/contract/replay.ts'
import { computed } from 'vue'
import { replayOmissions } from '../../../shared/contract/replay.ts'
import { useFormat } from '../../kit/use-format.ts'
import { useText } from '../../kit/use-text.ts'

/** What is not played, each reason in words. */
export function useOmissions(omitted: () => ReplayOmitted): ComputedRef<string[]> {
  const { t } = useText()
  const format = useFormat()
  return computed(() => replayOmissions.flatMap((reason) => {
    const count = omitted()[reason] ?? 0
    return count > 0 ? [t(`replay.omitted.${reason}`, { count: format.count(count) })] : []
  }))
}
