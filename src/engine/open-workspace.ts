import type { Clock } from '../shared/clock.ts'
import type { Log } from '../shared/log.ts'
import type { EngineConfig } from './config.ts'
import type { Notices } from './notices.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { Store, StoreNotice } from './store/types.ts'
import { migrations } from './migrations.ts'
import { openSettings } from './platform/settings/settings.ts'
import { selectPinnedSpans } from './runs/rows.ts'
import { openStore } from './store/store.ts'

export interface WorkspaceContext {
  config: Pick<EngineConfig, 'workspaceDir' | 'discardTraces'>
  clock: Clock
  log: Log
  notices: Notices
  /** The write queue has become full, or has room again. */
  onPressure: (full: boolean) => void
  /** Every row up to this one is safe. */
  onCommitted: (lastId: number) => void
  /** Closes what was opened, last. */
  stack: AsyncDisposableStack
}

/** Opens the workspace's store and settings, and keeps traces as long as the settings say. Throws what `openStore` throws. */
export async function openWorkspace({ config, clock, log, notices, onPressure, onCommitted, stack }: WorkspaceContext): Promise<{ store: Store, settings: SettingsStore }> {
  const store = await openStore({
    dir: config.workspaceDir,
    clock,
    log: log.child({ part: 'store' }),
    migrations,
    // Nothing is dropped before the settings say how long traces are kept.
    keepTracesDays: Number.POSITIVE_INFINITY,
    keepTracesBytesMax: Number.POSITIVE_INFINITY,
    onNotice: ({ code, message }) => notices.add(severityOf(code), code, message),
    onPressure,
    onCommitted,
    ...(config.discardTraces === undefined ? {} : { discard: config.discardTraces }),
  })
  stack.defer(() => store.close())
  const settings = await openSettings(store, log)
  store.pinTraces(await store.read(selectPinnedSpans, []))
  const keepTraces = (): void => store.setRetention({
    keepTracesDays: settings.get('trace.keepDays'),
    keepTracesBytesMax: settings.get('trace.keepBytesMax'),
  })
  keepTraces()
  settings.onChange('trace.keepDays', keepTraces)
  settings.onChange('trace.keepBytesMax', keepTraces)
  return { store, settings }
}

function severityOf(code: StoreNotice['code']): 'error' | 'info' | 'warning' {
  if (code === 'write-failing')
    return 'error'
  return code === 'write-resumed' || code === 'segments-dropped' ? 'info' : 'warning'
}
