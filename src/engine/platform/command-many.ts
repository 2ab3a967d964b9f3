import type { ManyReport } from '../../shared/contract/device-call.ts'
import type { FeatureDevice } from './feature.ts'
import { AppError } from '../../shared/errors.ts'

/**
 * Gives several devices the same command. One that takes none now, or whose script cannot write it, is reported and stops
 * nobody else's; what is wrong with the command itself is thrown, at the first device.
 */
export async function commandMany(devices: readonly FeatureDevice[], send: (device: FeatureDevice) => Promise<{ messageId: string, traceId: number }>): Promise<ManyReport> {
  const report: ManyReport = { sent: [], failed: [] }
  for (const device of devices) {
    const { deviceName } = device
    try {
      report.sent.push({ deviceName, ...await send(device) })
    }
    catch (error) {
      if (!(error instanceof AppError && (error.code === 'device/unreachable' || error.code === 'script/failed')))
        throw error
      report.failed.push({ deviceName, code: Number(error.details.platformCode ?? 0), message: error.message })
    }
  }
  return report
}
