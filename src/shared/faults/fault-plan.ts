import type { Fault, FaultKind, PlatformFault } from '../contract/platform-fault.ts'
import type { MessageKind } from './message-kind.ts'
import { corrupt } from './corrupt.ts'

/** A source of numbers evenly spread over 0 (included) to 1 (excluded). */
export interface Draw { next: () => number }

/** Makes the stream of numbers that follows from a seed and a name. */
export type MakeDraw = (seed: number, name: string) => Draw

type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>
type DownKind = 'delay' | 'drop' | 'duplicate' | 'reorder' | 'corrupt'

/** A fault that is on for one device, with the device's own stream of numbers. */
interface Armed<Kind extends FaultKind = FaultKind> { on: PlatformFault, fault: FaultOf<Kind>, draw: Draw }

/** A fault has struck: which one, and what it did, in a sentence. */
export interface Strike { on: PlatformFault, kind: FaultKind, message: string }

/** What becomes of a message to a device. */
export interface DownFate {
  strikes: Strike[]
  /** It is never sent, although the platform takes it for sent. */
  isLost: boolean
  /** It is sent so much later. */
  holdMs: number
  /** It waits for the next message to overtake it, at most so long; 0: it does not. */
  reorderMs: number
  /** It is sent twice. */
  isDoubled: boolean
  payload: Uint8Array
}

/** What goes before the sentence of everything that is wrong on purpose (platform rule GEN-4). */
export const injectedMark = '[injected]'

/** Which of the faults that are on hold for a device: for each kind the one of the device, else of its product, else of everything. */
export function faultsFor<T extends Pick<PlatformFault, 'productKey' | 'deviceName' | 'fault'>>(faults: Iterable<T>, { productKey, deviceName }: { productKey: string | null, deviceName: string | null }): T[] {
  const chosen = new Map<FaultKind, T>()
  for (const on of faults) {
    const concerns = (on.productKey === null || on.productKey === productKey) && (on.deviceName === null || on.deviceName === deviceName)
    const other = chosen.get(on.fault.kind)
    if (concerns && (other === undefined || narrowness(on) > narrowness(other)))
      chosen.set(on.fault.kind, on)
  }
  return [...chosen.values()]
}

function narrowness({ productKey, deviceName }: Pick<PlatformFault, 'productKey' | 'deviceName'>): number {
  return deviceName !== null ? 2 : productKey !== null ? 1 : 0
}

/**
 * What goes wrong for one device: the faults that hold for it, and one stream of numbers for each, drawn from the fault's seed
 * and the names of the device. So the same messages meet the same faults again, whatever other devices do meanwhile. The
 * streams belong to the plan: keep it as long as its faults stay the same.
 */
export class DeviceFaults {
  readonly #armed: { [Kind in FaultKind]?: Armed<Kind> } = {}

  constructor(faults: readonly PlatformFault[], drawOf: (on: PlatformFault) => Draw) {
    for (const on of faults)
      Object.assign(this.#armed, { [on.fault.kind]: { on, fault: on.fault, draw: drawOf(on) } satisfies Armed })
  }

  /** The fault of a kind as it holds for the device, whether or not it would strike now. */
  settings<Kind extends FaultKind>(kind: Kind): { on: PlatformFault, fault: FaultOf<Kind> } | undefined {
    return this.#armed[kind]
  }

  /** What becomes of a message to the device; null when nothing strikes. */
  down({ about, isReply }: { about: MessageKind, isReply: boolean }, payload: Uint8Array): DownFate | null {
    const strikes: Strike[] = []
    const fate: DownFate = { strikes, isLost: false, holdMs: 0, reorderMs: 0, isDoubled: false, payload }
    const strikesNow = ({ fault: { to, of, share }, draw }: { fault: Pick<FaultOf<DownKind>, 'to' | 'of' | 'share'>, draw: Draw }): boolean => {
      const isMeant = (to === 'both' || (to === 'replies') === isReply) && (of.length === 0 || of.includes(about))
      return isMeant && draw.next() < share
    }
    const note = ({ on }: { on: PlatformFault }, message: string): void => void strikes.push({ on, kind: on.fault.kind, message })
    const { drop: dropped, corrupt: spoiled, delay: delayed, duplicate: doubled, reorder: overtaken } = this.#armed

    if (dropped && strikesNow(dropped)) {
      note(dropped, 'The message was dropped instead of sent.')
      fate.isLost = true
      return fate
    }
    if (spoiled && strikesNow(spoiled)) {
      const { payload: bytes, how } = corrupt(payload, spoiled.fault.how, () => spoiled.draw.next())
      note(spoiled, `The message was corrupted: ${how}.`)
      fate.payload = bytes
    }
    if (delayed && strikesNow(delayed)) {
      const { minMs, maxMs } = delayed.fault
      fate.holdMs = Math.round(minMs + (maxMs - minMs) * delayed.draw.next())
      note(delayed, `The message was held back for ${fate.holdMs} ms.`)
    }
    if (doubled && strikesNow(doubled)) {
      note(doubled, 'The message was sent twice.')
      fate.isDoubled = true
    }
    if (overtaken && strikesNow(overtaken)) {
      fate.reorderMs = overtaken.fault.withinMs
      note(overtaken, `The message waited until the next one had overtaken it, at most ${fate.reorderMs} ms.`)
    }
    return strikes.length === 0 ? null : fate
  }

  /** With which code a message of the device is refused. */
  refusal(about: MessageKind): Strike & { code: number } | null {
    const armed = this.#armed.refuse
    if (armed === undefined || (armed.fault.of.length > 0 && !armed.fault.of.includes(about)) || armed.draw.next() >= armed.fault.share)
      return null
    return { on: armed.on, kind: 'refuse', code: armed.fault.code, message: `The message was refused with code ${armed.fault.code}.` }
  }

  /** Whether a QoS 1 message of the device stays without its PUBACK. */
  withheldPuback(): Strike | null {
    const armed = this.#armed.noPuback
    return armed && armed.draw.next() < armed.fault.share ? { on: armed.on, kind: 'noPuback', message: 'The message was not acknowledged: its PUBACK was withheld.' } : null
  }

  /** With which CONNACK return code a login is refused. */
  refusedConnect(): Strike & { returnCode: number } | null {
    const armed = this.#armed.refuseConnect
    if (armed === undefined || armed.draw.next() >= armed.fault.share)
      return null
    const { returnCode } = armed.fault
    return { on: armed.on, kind: 'refuseConnect', returnCode, message: `The login was right, and was refused with CONNACK return code ${returnCode}.` }
  }
}
