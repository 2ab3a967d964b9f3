import type { RouteLocationRaw } from 'vue-router'
import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import type { TraceRow } from '../../../shared/contract/trace.ts'

/** Opens a row of the trace among the messages of its device. */
export function rowLink({ productKey, deviceName }: DeviceIdentity, rowId: number): RouteLocationRaw {
  return { name: 'device', params: { productKey, deviceName, tab: 'messages' }, query: { message: String(rowId) } }
}

/** The trace of a device, narrowed. Times are widened to whole seconds, which is what the trace's filter has. */
export function traceLink({ productKey, deviceName }: DeviceIdentity, { topic, fromAt, toAt, code }: { topic?: string, fromAt?: number, toAt?: number, code?: string } = {}): RouteLocationRaw {
  return {
    name: 'trace',
    query: {
      product: productKey,
      device: deviceName,
      ...(topic === undefined ? {} : { topic }),
      ...(code === undefined ? {} : { code }),
      ...(fromAt === undefined ? {} : { from: String(Math.floor(fromAt / 1_000) * 1_000) }),
      ...(toAt === undefined ? {} : { to: String(Math.ceil(toAt / 1_000) * 1_000) }),
    },
  }
}

/** Of the messages that came in one millisecond, the one whose topic or start names the thing that is looked for; else the first. */
export function mostLikely(rows: readonly TraceRow[], word: string): TraceRow | null {
  return rows.find(({ topic, preview }) => topic.includes(word) || preview.includes(word)) ?? rows.at(-1) ?? null
}
