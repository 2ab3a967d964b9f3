import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { FaultKind, FaultScope, PlatformFault } from '../../../shared/contract/platform-fault.ts'
import type { Draw, MakeDraw, Strike } from '../../../shared/faults/fault-plan.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import { DeviceFaults, faultsFor, injectedMark } from '../../../shared/faults/fault-plan.ts'
import { Announcer } from '../../../shared/feed.ts'
import { deleteFault, selectFaults, upsertFault } from './rows.ts'

export interface FaultsContext {
  clock: Clock
  store: Pick<Store, 'read' | 'write' | 'upsert'>
  makeDraw: MakeDraw
  /** The devices that are logged in, and since when. */
  online: () => Iterable<FeatureDevice & { connectedAt: number }>
  /** Ends the connection of a device: as another login with its identity would, or without a word. */
  end: (deviceId: number, how: 'kick' | 'close', message: string) => void
}

/** How often devices are looked for that are to be disconnected, milliseconds. */
const lookEveryMs = 1_000
/** How long counts may wait until they are kept, milliseconds. */
const keepEveryMs = 2_000
/** An alarm cannot be set further ahead than this, milliseconds. */
const alarmMsMax = 24 * 3600_000

/**
 * The faults that the platform commits on purpose, of all scopes: which hold for a device, since when they are on and how often
 * they have struck. They survive a restart of the engine; what they draw begins anew with it.
 */
export class PlatformFaults {
  /** Whether any fault is on: the only question that a message asks while none is. */
  isOn = false
  readonly changed = new Announcer<void>()
  readonly #context: FaultsContext
  readonly #faults = new Map<string, PlatformFault>()
  readonly #draws = new Map<string, Map<string, Draw>>()
  readonly #plans = new Map<number, DeviceFaults | null>()
  readonly #unkept = new Set<PlatformFault>()
  #keepAlarm: Alarm | undefined
  #lookAlarm: Alarm | undefined
  #endAlarm: Alarm | undefined
  #kickedAt = 0

  private constructor(context: FaultsContext) {
    this.#context = context
  }

  /** Brings back what was on; what was to end meanwhile has ended. */
  static async open(context: FaultsContext): Promise<PlatformFaults> {
    const faults = new PlatformFaults(context)
    for (const on of await context.store.read(selectFaults, []))
      faults.#faults.set(keyOf(on), on)
    faults.#endOverdue()
    faults.#follow()
    return faults
  }

  /** Everything that is on, in the order in which it was turned on. */
  all(): PlatformFault[] {
    return [...this.#faults.values()]
  }

  get count(): number {
    return this.#faults.size
  }

  /** What goes wrong for a device; undefined when nothing does. */
  of(device: FeatureDevice): DeviceFaults | undefined {
    if (!this.isOn)
      return undefined
    let plan = this.#plans.get(device.deviceId)
    if (plan === undefined) {
      const holding = faultsFor(this.#faults.values(), device)
      plan = holding.length === 0 ? null : new DeviceFaults(holding, on => this.#drawOf(on, device))
      this.#plans.set(device.deviceId, plan)
    }
    return plan ?? undefined
  }

  /** The fault of a kind that is on for everything. */
  ofEverything(kind: FaultKind): PlatformFault | undefined {
    return this.#faults.get(keyIn(null, null, kind))
  }

  /** Turns faults on; resolves when they are kept. */
  async set(faults: readonly PlatformFault[]): Promise<void> {
    for (const on of faults) {
      const replaced = this.#faults.get(keyOf(on))
      if (replaced !== undefined)
        this.#forget(replaced)
      this.#faults.set(keyOf(on), on)
    }
    this.#follow()
    await this.#context.store.write(faults.map(toStatement))
  }

  /** Turns faults off; resolves when that is kept. */
  async clear(faults: readonly PlatformFault[]): Promise<void> {
    faults.forEach(on => this.#forget(on))
    this.#follow()
    await this.#context.store.write(faults.map(toDeletion))
  }

  /** Turns off what is on for a deleted device; returns what the store has to write. */
  forgetDevice({ deviceId, productKey, deviceName }: FeatureDevice): BoundStatement[] {
    this.#plans.delete(deviceId)
    return this.#forgetAll(on => on.productKey === productKey && on.deviceName === deviceName)
  }

  /** The same for a deleted product. */
  forgetProduct(productKey: string): BoundStatement[] {
    return this.#forgetAll(on => on.productKey === productKey)
  }

  /** A fault has struck: counts it, and returns the sentence with its mark. */
  struck({ on, message }: Pick<Strike, 'on' | 'message'>): string {
    on.struck += 1
    on.lastStruckAt = this.#context.clock.now()
    this.#unkept.add(on)
    this.#keepAlarm ??= this.#context.clock.setAlarm(keepEveryMs, () => this.#keep())
    this.changed.announce()
    return `${injectedMark} ${message}`
  }

  /** Disconnects the devices of a scope that are online; returns how many there were. */
  disconnect({ productKey, deviceName }: FaultScope, how: 'kick' | 'close'): number {
    const meant = [...this.#context.online()].filter(device => (productKey === undefined || device.productKey === productKey) && (deviceName === undefined || device.deviceName === deviceName))
    for (const { deviceId } of meant)
      this.#context.end(deviceId, how, `${injectedMark} ${how === 'kick' ? 'The device was kicked on purpose.' : 'The connection was closed on purpose, without a word.'}`)
    return meant.length
  }

  close(): void {
    this.#lookAlarm?.cancel()
    this.#endAlarm?.cancel()
    this.#keep()
  }

  #drawOf(on: PlatformFault, { productKey, deviceName }: FeatureDevice): Draw {
    let draws = this.#draws.get(on.faultId)
    if (draws === undefined)
      this.#draws.set(on.faultId, draws = new Map())
    const name = `${productKey}/${deviceName}`
    let draw = draws.get(name)
    if (draw === undefined)
      draws.set(name, draw = this.#context.makeDraw(on.seed, `${name} ${on.fault.kind}`))
    return draw
  }

  #forgetAll(isGone: (on: PlatformFault) => boolean): BoundStatement[] {
    const gone = this.all().filter(isGone)
    gone.forEach(on => this.#forget(on))
    if (gone.length > 0)
      this.#follow()
    return gone.map(toDeletion)
  }

  #forget(on: PlatformFault): void {
    this.#faults.delete(keyOf(on))
    this.#draws.delete(on.faultId)
    this.#unkept.delete(on)
  }

  /** Something was turned on or off. */
  #follow(): void {
    const { clock } = this.#context
    this.#plans.clear()
    this.isOn = this.#faults.size > 0
    this.#endAlarm?.cancel()
    const ends = this.all().flatMap(({ until }) => until ?? [])
    this.#endAlarm = ends.length === 0
      ? undefined
      : clock.setAlarm(Math.min(alarmMsMax, Math.max(0, Math.min(...ends) - clock.now())), () => {
          this.#endOverdue()
          this.#follow()
        })
    const disconnects = this.all().some(({ fault: { kind } }) => kind === 'kick' || kind === 'close')
    if (disconnects && this.#lookAlarm === undefined) {
      this.#kickedAt = clock.now()
      this.#lookAlarm = clock.setAlarm(lookEveryMs, () => this.#look())
    }
    else if (!disconnects) {
      this.#lookAlarm?.cancel()
      this.#lookAlarm = undefined
    }
    this.changed.announce()
  }

  #endOverdue(): void {
    const now = this.#context.clock.now()
    for (const on of this.all().filter(({ until }) => until !== null && until <= now)) {
      this.#forget(on)
      this.#context.store.upsert(`platformFault ${keyOf(on)}`, toDeletion(on))
    }
  }

  /** Disconnects whose time has come. */
  #look(): void {
    const { clock, online, end } = this.#context
    const now = clock.now()
    for (const device of [...online()]) {
      const faults = this.of(device)
      const kick = faults?.settings('kick')
      const close = faults?.settings('close')
      if (kick && intervalsUntil(kick.on, kick.fault.everySec, now) > intervalsUntil(kick.on, kick.fault.everySec, this.#kickedAt))
        end(device.deviceId, 'kick', this.struck({ on: kick.on, message: `The device was kicked, as every ${kick.fault.everySec} s.` }))
      else if (close && now - device.connectedAt >= close.fault.afterSec * 1000)
        end(device.deviceId, 'close', this.struck({ on: close.on, message: `The connection was closed without a word, ${close.fault.afterSec} s after the login.` }))
    }
    this.#kickedAt = now
    this.#lookAlarm = clock.setAlarm(lookEveryMs, () => this.#look())
  }

  #keep(): void {
    this.#keepAlarm?.cancel()
    this.#keepAlarm = undefined
    for (const on of this.#unkept)
      this.#context.store.upsert(`platformFault ${keyOf(on)}`, toStatement(on))
    this.#unkept.clear()
  }
}

/** How many whole intervals have passed since a fault was turned on. */
function intervalsUntil({ since }: PlatformFault, everySec: number, at: number): number {
  return Math.floor(Math.max(0, at - since) / (everySec * 1000))
}

function keyOf({ productKey, deviceName, fault }: Pick<PlatformFault, 'productKey' | 'deviceName' | 'fault'>): string {
  return keyIn(productKey, deviceName, fault.kind)
}

function keyIn(productKey: string | null, deviceName: string | null, kind: FaultKind): string {
  return `${productKey ?? ''}/${deviceName ?? ''} ${kind}`
}

function paramsOf({ productKey, deviceName, fault }: PlatformFault): [string, string, string] {
  return [productKey ?? '', deviceName ?? '', fault.kind]
}

function toStatement(on: PlatformFault): BoundStatement {
  return { statement: upsertFault, params: [...paramsOf(on), on.since, JSON.stringify(on)] }
}

function toDeletion(on: PlatformFault): BoundStatement {
  return { statement: deleteFault, params: paramsOf(on) }
}
