import type { ConnectionAttempt, LadderStep, LadderStepName } from '../shared/contract/attempts.ts'
import type { ConnectAttempt } from './broker/types.ts'
import { limits } from '../shared/limits.ts'

const order: LadderStepName[] = ['tcp', 'tls', 'connect', 'identity', 'signature', 'admitted', 'subscribed']

/** The step at which an attempt ended; null when the device was let in. */
function failedStep({ code, clientId, username, transport, productKey, gateway }: ConnectAttempt): LadderStepName | null {
  if (code === 200)
    return null
  if (clientId === '' && username === '' && gateway === undefined)
    return transport === 'tls' ? 'tls' : 'connect'
  if (code === 6287 || code === 6600 || code === 2043)
    return 'signature'
  if (code === 6100 || code === 6250 || (code === 460 && productKey === null))
    return 'identity'
  return code === 460 || code === 6292 ? 'connect' : 'admitted'
}

/** The ladder of an attempt: what was passed, what failed and why, what was not reached. */
export function ladderOf(attempt: ConnectAttempt, isAutoSubscribed: boolean): LadderStep[] {
  const failed = failedStep(attempt)
  const failedAt = failed === null ? order.length : order.indexOf(failed)
  return order.map((step, index): LadderStep => {
    if (index === failedAt) {
      const { code, message, signedContent } = attempt
      return { step, state: 'failed', code, message, ...(signedContent !== undefined && { signedContent }) }
    }
    if (index > failedAt)
      return { step, state: 'not-reached' }
    if (step === 'tls' && attempt.transport !== 'tls')
      return { step, state: 'skipped' }
    return { step, state: step === 'subscribed' && !isAutoSubscribed ? 'waiting' : 'passed' }
  })
}

/** The last attempts to connect, of each device and of everybody whose identity is not known; lost with the engine, while refusals stay in the trace. */
export class ConnectionAttempts {
  readonly #ofDevices = new Map<number, ConnectionAttempt[]>()
  #unknown: ConnectionAttempt[] = []

  /** Keeps an attempt; the oldest of its device is let go. A sub-device subscribes with its gateway's client, so `isAutoSubscribed` tells of that. */
  add(attempt: ConnectAttempt, isAutoSubscribed = /[|,]\s*_ss\s*=\s*1\b/.test(attempt.clientId)): void {
    const { deviceId, signedContent: _, ...told } = attempt
    const kept: ConnectionAttempt = { ...told, steps: ladderOf(attempt, isAutoSubscribed) }
    if (deviceId === 0) {
      this.#unknown = [kept, ...this.#unknown].slice(0, limits.attemptsUnknownMax)
      return
    }
    this.#ofDevices.set(deviceId, [kept, ...this.#ofDevices.get(deviceId) ?? []].slice(0, limits.attemptsPerDeviceMax))
  }

  /** A device that is connected has subscribed, or was refused a subscription. */
  subscribed(deviceId: number, filters: readonly { filter: string, granted: number }[]): void {
    const step = this.#ofDevices.get(deviceId)?.[0]?.steps.at(-1)
    if (step === undefined || step.state === 'not-reached' || step.state === 'failed')
      return
    const refused = filters.find(({ granted }) => granted >= 0x80)
    if (refused !== undefined)
      Object.assign(step, { state: 'failed', code: 9236, message: `The device may not subscribe to ${refused.filter}.` })
    else
      step.state = 'passed'
  }

  /** Newest first. */
  of(deviceId: number): ConnectionAttempt[] {
    return this.#ofDevices.get(deviceId) ?? []
  }

  /** Those of nobody that is known, newest first. */
  unknown(): ConnectionAttempt[] {
    return this.#unknown
  }

  forget(deviceId: number): void {
    this.#ofDevices.delete(deviceId)
  }
}
