import type { ShallowRef } from 'vue'
import type { Seat, SeatMessage } from '../../../shared/contract/device-simulation.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import { shallowRef } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { useApi } from '../../session/connection.ts'
import { useSubscription } from '../../session/use-subscription.ts'

/** Messages on screen; the engine keeps as many. */
const messagesMax = 500

export interface SeatView {
  /** Null until the first news of it. */
  seat: ShallowRef<Seat | null>
  /** What it has received, newest first. */
  messages: ShallowRef<readonly SeatMessage[]>
  problem: ShallowRef<ErrorValue | null>
  /** What the engine refused last; null while all went well. */
  error: ShallowRef<ErrorValue | null>
  /** Carries out what was asked for, and tells when it was refused. */
  attempt: <T>(work: (api: ReturnType<typeof useApi>) => Promise<T>) => Promise<T | undefined>
}

/** Follows a simulated device. */
export function useSeat(identity: () => { productKey: string, deviceName: string } | null): SeatView {
  const api = useApi()
  const seat = shallowRef<Seat | null>(null)
  const messages = shallowRef<readonly SeatMessage[]>([])
  const error = shallowRef<ErrorValue | null>(null)
  const { error: problem } = useSubscription('deviceSimulation.watch', identity, (item) => {
    seat.value = item.seat
    if (item.messages.length > 0)
      messages.value = [...item.messages.toReversed(), ...messages.value].slice(0, messagesMax)
  }, () => {
    const shown = seat.value
    const wanted = identity()
    if (shown?.productKey !== wanted?.productKey || shown?.deviceName !== wanted?.deviceName)
      seat.value = null
    messages.value = []
    error.value = null
  })
  async function attempt<T>(work: (client: ReturnType<typeof useApi>) => Promise<T>): Promise<T | undefined> {
    error.value = null
    try {
      return await work(api)
    }
    catch (thrown) {
      error.value = toErrorValue(thrown)
      return undefined
    }
  }
  return { seat, messages, problem, error, attempt }
}
