import type { DebugOperation } from './forecast.ts'
import { useFormat } from '../../kit/use-format.ts'
import { useText } from '../../kit/use-text.ts'
import { forecast } from './forecast.ts'
import { useDebugBench } from './use-debug-device.ts'

/** What will become of an operation, in words and as a colour; both empty while the device is not known. */
export function useForecastWords(): { say: (operation: DebugOperation) => string, toneOf: (operation: DebugOperation) => '' | 'refused' | 'stored' } {
  const { t } = useText()
  const format = useFormat()
  const { debug: { circumstances, patience } } = useDebugBench()
  return {
    say: (operation) => {
      if (circumstances.value === null)
        return ''
      const { kind, code } = forecast(operation, circumstances.value)
      return t(`debug.forecast.${kind}`, { code, wait: format.duration(patience.value.waitMs) })
    },
    toneOf: (operation) => {
      const kind = circumstances.value === null ? 'reply' : forecast(operation, circumstances.value).kind
      return kind === 'refused' ? 'refused' : ['known', 'unknown', 'fetched', 'pushed'].includes(kind) ? 'stored' : ''
    },
  }
}
