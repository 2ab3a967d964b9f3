import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { BatchDevice } from './types.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { NameList } from './name-list.ts'

export interface NameListsContext {
  clock: Clock
  makeNamesId: () => string
  applyLimits: () => boolean
  lookup: (productKey: string, deviceName: string) => BatchDevice | undefined
  /** Of all products. */
  allDevices: () => Iterable<BatchDevice>
}

export type NamesMethod = Extract<keyof EngineApi['methods'], `batchNames.${string}`>

/** How often lists that nobody made into a batch are looked for. */
const clearingMs = 5 * 60_000

/** Lists of device names on their way into a batch; known only while the engine runs. */
export class NameLists {
  readonly #context: NameListsContext
  readonly #lists = new Map<string, { list: NameList, touchedAt: number }>()
  #alarm: Alarm | undefined

  constructor(context: NameListsContext) {
    this.#context = context
  }

  /** Throws AppError limit/reached. */
  begin(productKey: string): NameList {
    const { clock, makeNamesId, lookup } = this.#context
    if (this.#lists.size >= limits.nameListsMax)
      throw new AppError('limit/reached', `${limits.nameListsMax} lists of device names have come in of which no batch was made yet; there is no room for more.`, { limit: limits.nameListsMax })
    const namesId = makeNamesId()
    let elsewhere: ReadonlySet<string> | undefined
    const list = new NameList({
      namesId,
      productKey,
      nameOf: deviceName => lookup(productKey, deviceName)?.deviceName,
      isElsewhere: deviceName => (elsewhere ??= this.#namesOfOthers(productKey)).has(deviceName),
    })
    this.#lists.set(namesId, { list, touchedAt: clock.now() })
    this.#alarm ??= clock.setAlarm(clearingMs, () => this.#clear())
    return list
  }

  /** Takes the bytes that follow the first `offset` ones. Throws AppError ota/names-not-found, input/invalid or limit/reached; a list beyond the limit is let go. */
  part(namesId: string, offset: number, bytes: Uint8Array): NameList {
    const list = this.get(namesId)
    if (list.isWhole || offset !== list.received)
      throw new AppError('input/invalid', `offset: expected ${list.received}${list.isWhole ? ' and no more bytes, because the list is whole' : ''}, got ${offset}.`, { field: 'offset', expected: list.received, got: offset })
    list.push(bytes)
    return this.#bounded(namesId, list)
  }

  /** The list is whole. Throws AppError as `part` does. */
  end(namesId: string): NameList {
    const list = this.get(namesId)
    list.end()
    return this.#bounded(namesId, list)
  }

  /** Throws AppError ota/names-not-found. */
  get(namesId: string): NameList {
    const found = this.#lists.get(namesId)
    if (found === undefined)
      throw new AppError('ota/names-not-found', `No list of device names has come in as ${namesId}, or it is no longer kept.`, { namesId })
    found.touchedAt = this.#context.clock.now()
    return found.list
  }

  drop(namesId: string): void {
    this.#lists.delete(namesId)
  }

  close(): void {
    this.#alarm?.cancel()
    this.#lists.clear()
  }

  #bounded(namesId: string, list: NameList): NameList {
    const max = this.#context.applyLimits() ? limits.namesPerListMax : limits.namesPerListKeptMax
    if (list.size <= max)
      return list
    this.drop(namesId)
    throw new AppError('limit/reached', `A list has at most ${max} device names; this one has more.`, { limit: max })
  }

  #namesOfOthers(productKey: string): ReadonlySet<string> {
    const names = new Set<string>()
    for (const device of this.#context.allDevices()) {
      if (device.productKey !== productKey)
        names.add(device.deviceName)
    }
    return names
  }

  #clear(): void {
    const { clock } = this.#context
    for (const [namesId, { touchedAt }] of this.#lists) {
      if (clock.now() - touchedAt >= limits.nameListKeptMs)
        this.#lists.delete(namesId)
    }
    this.#alarm = this.#lists.size > 0 ? clock.setAlarm(clearingMs, () => this.#clear()) : undefined
  }
}

/** Lists of device names that a page or a program brings. */
export function nameListHandlers(lists: NameLists): Pick<EngineApi['methods'], NamesMethod> {
  return {
    'batchNames.begin': ({ productKey }) => lists.begin(productKey).check(),
    'batchNames.part': ({ namesId, offset, bytes }) => lists.part(namesId, offset, bytes).check(),
    'batchNames.end': ({ namesId }) => lists.end(namesId).check(),
    'batchNames.invalid': ({ namesId, offset, limit }) => lists.get(namesId).invalid(offset, limit),
    'batchNames.drop': ({ namesId }) => {
      lists.drop(namesId)
      return null
    },
  }
}
