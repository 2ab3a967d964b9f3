import type { DeviceCommand } from '../../../shared/contract/device-command.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCommandRow } from './rows.ts'
import { Announcer } from '../../../shared/feed.ts'
import { endForgottenCommands, keepDeviceCommand, selectLastCommandId, selectOpenCommands } from './rows.ts'

/** A command that begins; what it does not say is as for one that was only noted. */
export type NewCommand = Pick<DeviceCommandRow, 'deviceId' | 'at' | 'operation' | 'params' | 'origin' | 'state'> & Partial<DeviceCommand>

/** How a command ended. */
export type CommandEnd = Pick<DeviceCommand, 'state' | 'code' | 'message'> & Partial<Pick<DeviceCommand, 'data' | 'answeredAt'>>

/** Open commands of an earlier run that are taken up again. */
const resumedMax = 1_000

/** The commands to all devices: kept as they are given and once more when they end, and announced to whoever watches. */
export class CommandHistory {
  readonly #store: Pick<Store, 'upsert'>
  readonly #open = new Map<number, DeviceCommandRow>()
  #lastId = 0
  /** Every new form of a command. */
  readonly changes = new Announcer<DeviceCommandRow>()

  private constructor(store: Pick<Store, 'upsert'>) {
    this.#store = store
  }

  /** Takes up what an earlier run left: asynchronous services may still be answered, everything else has ended (1905). */
  static async open(store: Pick<Store, 'read' | 'write' | 'upsert'>): Promise<CommandHistory> {
    const history = new CommandHistory(store)
    await store.write([{ statement: endForgottenCommands, params: ['Thingbench stopped before the device answered (1905).'] }])
    history.#lastId = (await store.read(selectLastCommandId, []))[0]?.commandId ?? 0
    for (const row of await store.read(selectOpenCommands, [resumedMax]))
      history.#open.set(row.commandId, row)
    return history
  }

  /** Keeps a new command and returns its id. */
  begin(command: NewCommand): number {
    const row: DeviceCommandRow = { method: '', messageId: null, unchecked: false, timeoutMs: null, code: null, message: '', data: null, answeredAt: null, traceId: 0, rowId: 0, ...command, commandId: ++this.#lastId }
    if (row.state === 'open')
      this.#open.set(row.commandId, row)
    this.#keep(row)
    return row.commandId
  }

  /** Ends an open command; one that has ended already stays as it is. */
  end(commandId: number, end: CommandEnd): void {
    const row = this.#open.get(commandId)
    if (row === undefined)
      return
    this.#open.delete(commandId)
    this.#keep({ ...row, ...end })
  }

  /** The open command of a device with the id that the device saw; undefined when there is none. */
  findOpen(deviceId: number, messageId: string): number | undefined {
    for (const row of this.#open.values()) {
      if (row.deviceId === deviceId && row.messageId === messageId)
        return row.commandId
    }
    return undefined
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    for (const row of this.#open.values()) {
      if (row.deviceId === deviceId)
        this.#open.delete(row.commandId)
    }
  }

  #keep(row: DeviceCommandRow): void {
    const { key, statement } = keepDeviceCommand(row)
    this.#store.upsert(key, statement)
    this.changes.announce(row)
  }
}
