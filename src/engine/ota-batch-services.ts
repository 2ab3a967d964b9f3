import type { BlockRequest } from '../shared/alink/file-download.ts'
import type { OtaPackage } from '../shared/contract/ota-package.ts'
import type { Log } from '../shared/log.ts'
import type { DownloadFaults } from './fault-services.ts'
import type { OtaGym, OtaGymContext } from './ota-gym-services.ts'
import type { OtaServices } from './ota-services.ts'
import type { FeatureDevice } from './platform/feature.ts'
import type { OtaBatchContext, OtaBatches } from './platform/ota-batch/feature.ts'
import type { BatchPackage, PackageSource } from './platform/ota-batch/types.ts'
import type { NoticeFault } from './platform/ota-gym/types.ts'
import type { OtaUpdates } from './platform/ota/types.ts'
import { toErrorValue } from '../shared/errors.ts'
import { wrongDigest } from '../shared/faults/wrong-digest.ts'
import { makeBatchId, makeFileId } from './identity.ts'
import { openOtaGym } from './ota-gym-services.ts'
import { openOtaBatches } from './platform/ota-batch/feature.ts'

/** What messages of devices do to their updates, before batches are open: nothing. */
export function updatesOf(batches: () => Pick<OtaBatches, 'updates'> | undefined): OtaUpdates {
  const nothing = (): void => {}
  return {
    onVersion: (device, report, at) => batches()?.updates.onVersion(device, report, at) ?? nothing,
    onProgress: (device, report, at) => batches()?.updates.onProgress(device, report, at) ?? nothing,
    onAsked: (device, module) => batches()?.updates.onAsked(device, module) ?? { content: null, note: nothing },
    blockOf: async (device, request) => batches()?.updates.blockOf(device, request) ?? { code: 403, message: 'Batches of updates are not open yet.' },
  }
}

type OtaSource = Pick<OtaServices, 'packages' | 'security' | 'downloadUrl' | 'readBlock' | 'contentAt'>

export interface OtaBatchServicesContext extends Omit<OtaBatchContext, 'packages' | 'makeBatchId' | 'makeNamesId' | 'contentAt'>, Pick<OtaGymContext, 'methods' | 'trace' | 'disconnect' | 'versionsOf'> {
  ota: OtaSource & Pick<OtaServices, 'watchDownloads'>
  /** What is wrong with downloads on purpose, besides what an exercise does. */
  downloadFaults: DownloadFaults
}

/** Batches of updates, and the failure gym that is made of them. */
export interface OtaBatchServices extends Omit<OtaBatches, 'methods' | 'streams'> {
  methods: OtaBatches['methods'] & OtaGym['methods']
  streams: OtaBatches['streams'] & OtaGym['streams']
  /** Exercises of boards, each with a fault while it is under way. */
  exercises: OtaGym['exercises']
}

/** Opens the batches of updates over the packages that there are, and the failure gym over both. */
export async function openOtaBatchServices(context: OtaBatchServicesContext): Promise<OtaBatchServices> {
  const gym = await openOtaGym({ ...context, packageOf: packageId => toBatchPackage(context.ota.packages.get(packageId)) })
  const { exercises } = gym
  const { downloadFaults } = context
  // A board that is in an exercise meets the fault of that, and no other on its way.
  context.ota.watchDownloads({
    onDownload: (deviceId, part) => exercises.onDownload(deviceId, part) ?? downloadFaults.flowOf(deviceId, part),
    onExpired: deviceId => exercises.onExpired(deviceId),
  })
  const batches = await openOtaBatches({ ...context, downlink: gym.downlink, makeBatchId, makeNamesId: makeFileId, contentAt: context.ota.contentAt, packages: packageSource(context.ota, context.log, (device, packageId) => ({ ...downloadFaults.noticeFault(device), ...exercises.noticeFault(device, packageId) })) })
  const watched = gym.watch(batches)
  const updates: OtaUpdates = { ...watched.updates, blockOf: (device, request) => heldBlock(watched.updates, downloadFaults, device, request) }
  return { ...batches, ...watched, updates, methods: { ...batches.methods, ...gym.methods }, streams: { ...batches.streams, ...gym.streams }, exercises }
}

/** A block as it goes out, after it has waited as long as faults want. */
async function heldBlock({ blockOf }: OtaUpdates, { holdBlock }: DownloadFaults, device: FeatureDevice, request: BlockRequest): ReturnType<OtaUpdates['blockOf']> {
  const block = await blockOf(device, request)
  if (!('bytes' in block) || block.bytes.length === 0)
    return block
  const steps = await holdBlock(device, request, block)
  return steps === null ? { isOvertaken: true } : steps.length === 0 ? block : { ...block, steps }
}

function packageSource({ packages, security, downloadUrl, readBlock }: OtaSource, log: Log, faultOf: (device: FeatureDevice, packageId: string) => NoticeFault): PackageSource {
  return {
    packageOf: packageId => toBatchPackage(packages.get(packageId)),
    noticeOf: (packageId, device, tags, stream) => {
      const { deviceId, productKey } = device
      try {
        const { module, version, kind, signMethod, udi, files } = packages.get(packageId)
        const [file] = files
        const { hasWrongDigest = false, validMs } = faultOf(device, packageId)
        const told = (digest: string): string => hasWrongDigest ? wrongDigest(digest) : digest
        const digestsign = files.length === 1 && file !== undefined ? security.digestSign(productKey, file.sha256) : undefined
        return {
          version,
          module,
          signMethod,
          files: files.map(one => ({ name: one.name, size: one.size, md5: told(one.md5), sign: told(signMethod === 'MD5' ? one.md5 : one.sha256), url: stream === undefined ? downloadUrl(one, deviceId, validMs).url : '' })),
          differential: kind === 'diff',
          ...(digestsign !== undefined && { digestsign }),
          ...(stream !== undefined && { stream }),
          tags,
          customInfo: udi,
        }
      }
      catch (error) {
        log.warn('a device cannot be told of its update', { deviceId, ...toErrorValue(error) })
        return null
      }
    },
    blockOf: readBlock,
    stateOf: packageId => packages.find(packageId)?.state,
    setVerification: (packageId, { state, percent }) => {
      // One that needs no verification can be tried all the same, and rolled out meanwhile; or it was switched off by now.
      if (packages.find(packageId)?.state === 'none')
        return
      packages.setState(packageId, state, percent).catch(error => log.warn('the state of a package could not be kept', { packageId, ...toErrorValue(error) }))
    },
  }
}

function toBatchPackage({ packageId, productKey, module, version, sourceVersion, state, files }: OtaPackage): BatchPackage {
  return { packageId, productKey, module, targetVersion: version, sourceVersion, state, fileCount: files.length, size: files.reduce((sum, { size }) => sum + size, 0), largest: Math.max(...files.map(({ size }) => size)) }
}
