import type { BoundStatement, Store } from '../../store/types.ts'
import { selectLogSwitches, upsertLogSwitch } from './rows.ts'

/** Which devices report their own log (platform rules DLG-2 and DLG-10): off, for simulated devices on, until somebody says otherwise. */
export class LogSwitches {
  readonly #said = new Map<number, boolean>()
  readonly #isSimulated: (deviceId: number) => boolean

  constructor(isSimulated: (deviceId: number) => boolean) {
    this.#isSimulated = isSimulated
  }

  /** Reads what the workspace holds. */
  static async open(store: Pick<Store, 'read'>, isSimulated: (deviceId: number) => boolean): Promise<LogSwitches> {
    const switches = new LogSwitches(isSimulated)
    for (const { deviceId, enabled } of await store.read(selectLogSwitches, []))
      switches.#said.set(deviceId, enabled)
    return switches
  }

  /** Whether a device's log is taken. */
  isOn(deviceId: number): boolean {
    return this.#said.get(deviceId) ?? this.#isSimulated(deviceId)
  }

  /** Switches a device; returns what the store has to write. */
  set(deviceId: number, enabled: boolean): { key: string, statement: BoundStatement } {
    this.#said.set(deviceId, enabled)
    return { key: `log-switch ${deviceId}`, statement: { statement: upsertLogSwitch, params: [deviceId, enabled ? 1 : 0] } }
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    this.#said.delete(deviceId)
  }
}
