import type { NetworkError } from '../alink/network-status.ts'
import type { ListPosition } from './event.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { listPositionSchema } from './event.ts'
import { productKeySchema } from './product.ts'

/** What a device said about its network; null for what it left out. */
export interface NetworkStatus {
  statusId: number
  /** When it was reported and when it was measured, epoch milliseconds; the latter null when not told. */
  reportedAt: number
  collectedAt: number | null
  rssiDbm: number | null
  snrDb: number | null
  /** Lost packets, per mille. */
  packetLossPerMille: number | null
  /** Only Wi-Fi is reported. */
  connection: 'Wi-Fi'
  errors: NetworkError[]
}

export const networkStatusMethods = {
  'networkStatus.list': method({
    about: 'What a device said about its network, measured last first, a page at a time; the numbers over time are its series network.rssi, network.snr and network.packetLoss.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      /** When it was measured, or reported where that is not told; both ends included. */
      fromAt: z.number().optional(),
      toAt: z.number().optional(),
      before: listPositionSchema.optional(),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ statuses: NetworkStatus[], next: ListPosition | null }>(),
  }),
}
