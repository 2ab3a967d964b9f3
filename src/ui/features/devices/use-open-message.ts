import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import type { TraceFilterInput, TraceRow } from '../../../shared/contract/trace.ts'
import { useMessage } from 'naive-ui'
import { useRouter } from 'vue-router'
import { toErrorValue } from '../../../shared/errors.ts'
import { useText } from '../../kit/use-text.ts'
import { useApi } from '../../session/connection.ts'
import { mostLikely, rowLink } from './message-links.ts'

export interface OpenMessage {
  /** The message that came at an instant, epoch milliseconds, and names `word`. */
  at: (at: number, word: string) => Promise<void>
  /** The last message of the device that carries a property. */
  lastWith: (property: string) => Promise<void>
}

/** Opens the message behind something that a device said, among its messages; says so when the trace no longer has it. */
export function useOpenMessage(identity: () => DeviceIdentity): OpenMessage {
  const { t } = useText()
  const api = useApi()
  const router = useRouter()
  const message = useMessage()

  async function open(filter: TraceFilterInput, choose: (rows: TraceRow[]) => TraceRow | null): Promise<void> {
    const { productKey, deviceName } = identity()
    try {
      const { rows } = await api.call('trace.page', { filter: { productKey, deviceName, direction: 'up', ...filter }, limit: 50 })
      const row = choose(rows)
      if (row === null)
        message.info(t('device.noMessageKept'))
      else
        await router.push(rowLink({ productKey, deviceName }, row.id))
    }
    catch (thrown) {
      message.error(toErrorValue(thrown).message)
    }
  }
  return {
    at: (at, word) => open({ fromAt: at, toAt: at }, rows => mostLikely(rows, word)),
    lastWith: property => open({ text: `"${property}"` }, rows => rows.find(({ topic }) => topic.includes('/property/') || topic.includes('/batch/')) ?? rows[0] ?? null),
  }
}
