import type { Ref } from 'vue'
import type { TraceFilterInput } from '../../../shared/contract/trace.ts'
import { useMessage } from 'naive-ui'
import { onScopeDispose, ref } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { formatDateTime } from '../../kit/format.ts'
import { saveFile } from '../../kit/save-file.ts'
import { useFormat } from '../../kit/use-format.ts'
import { useText } from '../../kit/use-text.ts'
import { wallClock } from '../../kit/wall-clock.ts'
import { useApi } from '../../session/connection.ts'

export interface ExportProgress { rows: number, bytes: number }

/** Saves everything that matches a filter to a file, chunk by chunk as the engine reads it, with progress and a way to stop. */
export function useTraceExport(): { progress: Ref<ExportProgress | null>, start: (filter: TraceFilterInput, format: 'csv' | 'jsonl') => Promise<void>, stop: () => void } {
  const { t } = useText()
  const words = useFormat()
  const api = useApi()
  const message = useMessage()
  const progress = ref<ExportProgress | null>(null)
  let running: AbortController | undefined

  async function start(filter: TraceFilterInput, format: 'csv' | 'jsonl'): Promise<void> {
    if (running)
      return
    const controller = running = new AbortController()
    progress.value = { rows: 0, bytes: 0 }
    // Blobs live outside the page's heap, so a large export does not grow it.
    const parts: Blob[] = []
    try {
      await api.subscribe('trace.export', { filter, format }, ({ text, rows }) => {
        const part = new Blob([text])
        parts.push(part)
        progress.value = { rows: (progress.value?.rows ?? 0) + rows, bytes: (progress.value?.bytes ?? 0) + part.size }
      }, { signal: controller.signal })
      if (controller.signal.aborted) {
        message.info(t('trace.exportStopped'))
      }
      else {
        const name = `trace-${formatDateTime(wallClock.now()).replace(/[: ]/g, '-')}.${format}`
        saveFile(name, new Blob(parts, { type: format === 'csv' ? 'text/csv;charset=utf-8' : 'application/x-ndjson' }))
        message.success(t('trace.exported', { rows: words.count(progress.value.rows), name }))
      }
    }
    catch (thrown) {
      message.error(toErrorValue(thrown).message)
    }
    running = undefined
    progress.value = null
  }
  const stop = (): void => running?.abort()
  onScopeDispose(stop)
  return { progress, start, stop }
}
