import type { Alarm, Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { DownFate, Strike } from '../shared/faults/fault-plan.ts'
import type { Downlink, Fate } from './downlink.ts'
import type { FeatureDevice } from './platform/feature.ts'
import { Buffer } from 'node:buffer'
import { describeDown } from '../shared/faults/message-kind.ts'

export interface FaultyDownlinkContext {
  clock: Clock
  downlink: Downlink
  deviceOf: (deviceId: number) => FeatureDevice | undefined
  faults: {
    readonly isOn: boolean
    of: (device: FeatureDevice) => { down: (about: ReturnType<typeof describeDown>, payload: Uint8Array) => DownFate | null, settings: (kind: 'wrongDigest' | 'expiredUrl') => { on: Strike['on'] } | undefined } | undefined
    struck: (strike: Strike) => string
  }
}

/** The code of a message that was dropped: the platform's own for one that found no room. */
const droppedCode = 1901

/** What a notice of a file to be downloaded says when it is wrong on purpose. */
const noticeFaults = {
  wrongDigest: { member: '"sign"', message: 'The notice carries a digest that is not the one of the file.' },
  expiredUrl: { member: '"url"', message: 'The notice carries an address that has expired.' },
} as const

/** The way to devices with what goes wrong on it on purpose: each message that is struck says so in the trace. */
export function createFaultyDownlink({ clock, downlink, deviceOf, faults }: FaultyDownlinkContext): Downlink & { close: () => void } {
  const alarms = new Set<Alarm>()
  /** Messages that wait for the next one to the same device. */
  const waiting = new Map<number, Set<() => void>>()

  function later(delayMs: number, run: () => void): void {
    const alarm = clock.setAlarm(delayMs, () => {
      alarms.delete(alarm)
      run()
    })
    alarms.add(alarm)
  }

  function overtake(deviceId: number, from: ReadonlySet<() => void> | undefined): void {
    for (const release of from ?? [])
      release()
    if (waiting.get(deviceId)?.size === 0)
      waiting.delete(deviceId)
  }

  /** Calls `go` when a message has waited as its fate wants. */
  function hold(deviceId: number, { holdMs, reorderMs }: DownFate, go: () => void): void {
    if (holdMs > 0)
      later(holdMs, () => letPass(deviceId, reorderMs, go))
    else
      letPass(deviceId, reorderMs, go)
  }

  function letPass(deviceId: number, reorderMs: number, go: () => void): void {
    if (reorderMs === 0)
      return go()
    const held = waiting.get(deviceId) ?? new Set<() => void>()
    waiting.set(deviceId, held)
    const release = (): void => {
      if (held.delete(release))
        go()
    }
    held.add(release)
    later(reorderMs, release)
  }

  function stepsOf(strikes: readonly Strike[], code: number): TraceStep[] {
    return strikes.map(strike => ({ bizCode: 'FaultInjection', operation: strike.kind, code, message: faults.struck(strike) }))
  }

  function noticeStrikes(device: FeatureDevice, about: string, payload: Uint8Array): Strike[] {
    if (about !== 'ota' && about !== 'config')
      return []
    const plan = faults.of(device)
    return (['wrongDigest', 'expiredUrl'] as const).flatMap((kind) => {
      const set = plan?.settings(kind)
      return set && Buffer.from(payload).includes(noticeFaults[kind].member) ? [{ on: set.on, kind, message: noticeFaults[kind].message }] : []
    })
  }

  return {
    count: downlink.count,
    close: () => alarms.forEach(alarm => alarm.cancel()),
    send: (deviceId, message, cause, onResult) => {
      const device = faults.isOn || waiting.size > 0 ? deviceOf(deviceId) : undefined
      if (device === undefined)
        return downlink.send(deviceId, message, cause, onResult)
      const about = describeDown(message.topic)
      const before = waiting.get(deviceId) && new Set(waiting.get(deviceId))
      const fate = faults.of(device)?.down(about, message.payload) ?? null
      const strikes = [...fate?.strikes ?? [], ...noticeStrikes(device, about.about, message.payload)]
      if (strikes.length === 0) {
        const id = downlink.send(deviceId, message, cause, onResult)
        overtake(deviceId, before)
        return id
      }
      const code = fate?.isLost ? droppedCode : 200
      const struck = { ...message, ...fate && { payload: fate.payload }, steps: [...message.steps ?? [], ...stepsOf(strikes, code)] }
      const lost: Fate = fate?.isLost ? { lost: { code, message: struck.steps.at(-1)!.message ?? '' } } : {}
      const again = (): void => {
        if (fate?.isDoubled)
          downlink.send(deviceId, struck, cause)
      }
      const isHeld = fate !== null && (fate.holdMs > 0 || fate.reorderMs > 0)
      if (!isHeld) {
        const id = downlink.send(deviceId, struck, cause, onResult, lost)
        again()
        overtake(deviceId, before)
        return id
      }
      // Nobody needs the row of an answer, so it is made when the answer goes: its time is the one the device sees.
      if (about.isReply) {
        hold(deviceId, fate, () => {
          downlink.send(deviceId, struck, cause, onResult)
          again()
        })
        overtake(deviceId, before)
        return 0
      }
      const id = downlink.send(deviceId, struck, cause, onResult, {
        hold: deliver => hold(deviceId, fate, () => {
          deliver()
          again()
        }),
      })
      overtake(deviceId, before)
      return id
    },
  }
}
