import type { ActionOf } from '../../shared/scenario/actions.ts'
import type { Bench, BenchGroup, Deed } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { hashOf } from '../../shared/scenario/choose.ts'

/** Makes an update package whose bytes follow from the seed, and a batch that brings devices to its version. */
export async function startUpdate(bench: Bench, { productKey }: BenchGroup, { update, module, version, size, policy }: ActionOf<'update'>, deviceNames: string[]): Promise<Deed> {
  const { call, undo } = bench
  if (module !== 'default')
    await makeModule(bench, productKey, module)
  const { uploadId } = await call('otaUpload.begin', { name: 'firmware.bin' })
  const bytes = bytesOf(hashOf(bench.seed, `${module} ${version}`), size)
  for (let offset = 0; offset < size; offset += limits.packagePartBytesMax)
    await call('otaUpload.part', { uploadId, offset, bytes: bytes.slice(offset, offset + limits.packagePartBytesMax) })
  await call('otaUpload.end', { uploadId })
  const name = `run-${bench.startedAt.toString(36)}-${undo.length}`
  const { packageId } = await call('otaPackage.create', { productKey, module, name, version, verify: false, uploadIds: [uploadId] })
  undo.push({ about: `update package ${name}`, run: async () => call('otaPackage.delete', { packageId }) })
  const { batchId } = await call('batch.create', { packageId, scope: { kind: 'named', deviceNames }, ...policy })
  undo.push({ about: `update batch ${batchId}`, run: async () => call('batch.cancel', { batchId, scheduled: true, unconfirmed: true, queued: true, notified: true, inProgress: true }) })
  return { did: `Began to update ${deviceNames.length} ${deviceNames.length === 1 ? 'device' : 'devices'} of ${update} to ${module === 'default' ? '' : `${module} `}${version}.`, devices: deviceNames.length }
}

async function makeModule({ call, undo }: Bench, productKey: string, name: string): Promise<void> {
  try {
    await call('otaModule.create', { productKey, name })
    undo.push({ about: `module ${name}`, run: async () => call('otaModule.delete', { productKey, name }) })
  }
  catch (error) {
    if (!(error instanceof AppError) || error.code !== 'ota/module-exists')
      throw error
  }
}

/** Bytes that no compression makes smaller, the same for the same seed. */
function bytesOf(seed: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = seed || 1
  for (let at = 0; at < size; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state
  }
  return bytes
}
