import type { AppInfo } from '../shared/contract/app.ts'
import type { EngineConfig } from './config.ts'
import type { Notices } from './notices.ts'
import type { Store } from './store/types.ts'
import path from 'node:path'
import process from 'node:process'
import { boardAddress } from './network-address.ts'

export interface AppInfoContext {
  config: Pick<EngineConfig, 'version' | 'workspaceDir' | 'mqtt'>
  engineId: string
  store: Pick<Store, 'sqliteVersion'>
  /** Where devices connect; null while there is no listener. */
  address: { host: string, port: number } | null
  httpUrl: string | null
  /** Epoch milliseconds. */
  startedAt: number
  notices: Pick<Notices, 'all'>
}

/** What is running and where, as the page and the command line show it. */
export function describeApp({ config, engineId, store, address, httpUrl, startedAt, notices }: AppInfoContext): AppInfo {
  return {
    version: config.version,
    engineId,
    workspace: path.resolve(config.workspaceDir),
    nodeVersion: process.versions.node,
    sqliteVersion: store.sqliteVersion,
    mqtt: { host: boardAddress(address?.host ?? ''), port: address?.port ?? 0, wantedPort: config.mqtt?.port ?? 0 },
    http: { url: httpUrl ?? '' },
    startedAt,
    notices: notices.all(),
  }
}
