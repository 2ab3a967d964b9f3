import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceConnection, DeviceIdentity } from '../../../shared/contract/device.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { ConnectionRow } from './rows.ts'
import { settle } from '../../store/settle.ts'
import { connectionParams, deleteConnections, endOpenConnections, selectConnections, selectLastConnectionId, upsertConnection } from './rows.ts'

/** An attempt that was not let in. */
export interface RefusedAttempt extends Pick<DeviceConnection, 'remoteAddress' | 'transport' | 'clientId'> {
  at: number
  code: number
  message: string
  gateway?: DeviceIdentity | undefined
}

type HistoryStore = Pick<Store, 'upsert' | 'read' | 'stats' | 'flush'>

const lostMessage = 'The engine ended without a goodbye; until then it was connected.'

/**
 * Keeps when each device was connected and when it was refused, longer than the trace keeps the messages of that time. What
 * happens is written with the next commit. Attempts that are refused alike one after the other become one entry with a
 * count, so that a device that tries without pause fills neither the table nor the page.
 */
export class ConnectionHistory {
  readonly #store: HistoryStore
  /** The connections that last, by the client that has them: a device may have a new one before its old one ends. */
  readonly #open = new WeakMap<object, ConnectionRow>()
  /** The last entry of a device, while that is one of refused attempts. */
  readonly #refused = new Map<number, ConnectionRow>()
  #lastId: number

  private constructor(store: HistoryStore, lastId: number) {
    this.#store = store
    this.#lastId = lastId
  }

  /** Opens the history; connections that an engine left open when it ended without a goodbye end with the last thing it recorded. */
  static async open(store: HistoryStore & Pick<Store, 'write' | 'traces'>): Promise<ConnectionHistory> {
    const [lastId = 0] = await store.read(selectLastConnectionId, [])
    const { rows: [last] } = await store.traces.page({}, { limit: 1 })
    await store.write([{ statement: endOpenConnections, params: [last?.at ?? 0, lostMessage] }])
    return new ConnectionHistory(store, lastId)
  }

  #write(row: ConnectionRow): void {
    this.#store.upsert(`connection ${row.connectionId}`, { statement: upsertConnection, params: connectionParams(row) })
  }

  /** `client` is the same object as in {@link end}. */
  begin(client: object, deviceId: number, { connectedAt, remoteAddress, transport, clientId, protocolVersion, keepaliveSec, clean, gateway }: DeviceConnection, rowId: number): void {
    const row: ConnectionRow = { connectionId: ++this.#lastId, deviceId, kind: 'session', beganAt: connectedAt, endedAt: null, count: 1, code: null, message: '', remoteAddress, transport, clientId, protocolVersion, keepaliveSec, clean, gateway, beganRowId: rowId, endedRowId: 0 }
    this.#open.set(client, row)
    this.#refused.delete(deviceId)
    this.#write(row)
  }

  end(client: object, at: number, { code, message }: { code: number, message: string }, rowId: number): void {
    const row = this.#open.get(client)
    if (row === undefined)
      return
    this.#open.delete(client)
    this.#write({ ...row, endedAt: Math.max(at, row.beganAt), code, message, endedRowId: rowId })
  }

  refuse(deviceId: number, { at, code, message, remoteAddress, transport, clientId, gateway }: RefusedAttempt, rowId: number): void {
    const before = this.#refused.get(deviceId)
    const isAlike = before !== undefined && before.code === code && hostOf(before.remoteAddress) === hostOf(remoteAddress) && before.transport === transport
    const row: ConnectionRow = isAlike
      ? { ...before, endedAt: Math.max(at, before.beganAt), count: before.count + 1, message, endedRowId: rowId }
      : { connectionId: ++this.#lastId, deviceId, kind: 'refused', beganAt: at, endedAt: at, count: 1, code, message, remoteAddress, transport, clientId, protocolVersion: null, keepaliveSec: null, clean: null, gateway: gateway ?? null, beganRowId: rowId, endedRowId: rowId }
    this.#refused.set(deviceId, row)
    this.#write(row)
  }

  /** Lets go of a deleted device; returns what the store has to write. */
  forget(deviceId: number): BoundStatement[] {
    this.#refused.delete(deviceId)
    return [{ statement: deleteConnections, params: [deviceId] }]
  }

  /** What the console and the command line can ask; `requireDevice` throws AppError device/not-found. */
  methods(requireDevice: (productKey: string, deviceName: string) => FeatureDevice): Pick<EngineApi['methods'], 'device.connections'> {
    return {
      'device.connections': async ({ productKey, deviceName, kind, fromAt, toAt, before, limit }) => {
        const { deviceId } = requireDevice(productKey, deviceName)
        // Whoever asks has often just been told that something happened.
        await settle(this.#store)
        const connections = await this.#store.read(selectConnections, [
          deviceId,
          kind ?? null,
          Math.floor(toAt ?? Number.MAX_SAFE_INTEGER),
          Math.ceil(fromAt ?? 0),
          before?.at ?? Number.MAX_SAFE_INTEGER,
          before?.id ?? Number.MAX_SAFE_INTEGER,
          limit,
        ])
        const last = connections.length === limit ? connections.at(-1) : undefined
        return { connections, next: last === undefined ? null : { at: last.beganAt, id: last.connectionId } }
      },
    }
  }
}

/** An address without its port, which is another one each time. */
function hostOf(remoteAddress: string): string {
  return remoteAddress.replace(/:\d+$/, '')
}
