import type { BlockRequest } from '../../../shared/alink/file-download.ts'
import type { Log } from '../../../shared/log.ts'
import type { FeatureDevice } from '../feature.ts'
import type { BlockProblem, FileBlock } from '../ota/types.ts'
import type { Rollouts } from './rollouts.ts'
import type { PackageSource } from './types.ts'
import { toErrorValue } from '../../../shared/errors.ts'

/**
 * A block of the file that a task of the device offers over MQTT. The stream is the task, and is valid as long as there is one:
 * also when it has ended, because a device that is on its way may come to the end of it (OTA-93). Whatever is not the device's
 * own is refused alike, so that nobody learns what others get.
 */
export async function readBlock({ packages, log }: { packages: PackageSource, log: Log }, rollouts: Rollouts, { deviceId }: FeatureDevice, { streamId, fileId, offset, size }: BlockRequest): Promise<FileBlock | BlockProblem> {
  try {
    const task = rollouts.tasks.byId(streamId) ?? await rollouts.tasks.read(streamId)
    const batch = task?.deviceId === deviceId && task.state !== 'CONFIRM' ? rollouts.get(task.batchId) : undefined
    if (batch?.spec.protocol !== 'MQTT')
      return { code: 403, message: `No update of the device is to be had as stream ${streamId}.` }
    const block = await packages.blockOf(batch.packageId, fileId, offset, size)
    if (block === 'busy')
      return { code: 429, message: 'Too many blocks are asked for at the same time.' }
    return block ?? { code: 403, message: `Stream ${streamId} has no file ${fileId}; its update package may be deleted.` }
  }
  catch (error) {
    log.error('a block of an update could not be read', { deviceId, streamId, ...toErrorValue(error) })
    return { code: 500, message: 'The file of the update package could not be read; the engine\'s log says why.' }
  }
}
