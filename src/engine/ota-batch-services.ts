import type { Log } from '../shared/log.ts'
import type { OtaServices } from './ota-services.ts'
import type { OtaBatchContext, OtaBatches } from './platform/ota-batch/feature.ts'
import type { BatchPackage, PackageSource } from './platform/ota-batch/types.ts'
import type { OtaUpdates } from './platform/ota/types.ts'
import { toErrorValue } from '../shared/errors.ts'
import { makeBatchId } from './identity.ts'
import { openOtaBatches } from './platform/ota-batch/feature.ts'

/** What messages of devices do to their updates, before batches are open: nothing. */
export function updatesOf(batches: () => Pick<OtaBatches, 'updates'> | undefined): OtaUpdates {
  const nothing = (): void => {}
  return {
    onVersion: (device, report, at) => batches()?.updates.onVersion(device, report, at) ?? nothing,
    onProgress: (device, report, at) => batches()?.updates.onProgress(device, report, at) ?? nothing,
    onAsked: (device, module) => batches()?.updates.onAsked(device, module) ?? { content: null, note: nothing },
  }
}

/** Opens the batches of updates over the packages that there are. */
export async function openOtaBatchServices(context: Omit<OtaBatchContext, 'packages' | 'makeBatchId'> & { ota: Pick<OtaServices, 'packages' | 'security' | 'downloadUrl'> }): Promise<OtaBatches> {
  return openOtaBatches({ ...context, makeBatchId, packages: packageSource(context.ota, context.log) })
}

function packageSource({ packages, security, downloadUrl }: Pick<OtaServices, 'packages' | 'security' | 'downloadUrl'>, log: Log): PackageSource {
  return {
    packageOf: (packageId): BatchPackage => {
      const { productKey, module, version, sourceVersion, state, files } = packages.get(packageId)
      return { packageId, productKey, module, targetVersion: version, sourceVersion, state, fileCount: files.length, size: files.reduce((sum, { size }) => sum + size, 0), largest: Math.max(...files.map(({ size }) => size)) }
    },
    noticeOf: (packageId, { deviceId, productKey }, tags) => {
      try {
        const { module, version, kind, signMethod, udi, files } = packages.get(packageId)
        const [file] = files
        const digestsign = files.length === 1 && file !== undefined ? security.digestSign(productKey, file.sha256) : undefined
        return {
          version,
          module,
          signMethod,
          files: files.map(one => ({ name: one.name, size: one.size, md5: one.md5, sign: signMethod === 'MD5' ? one.md5 : one.sha256, url: downloadUrl(one, deviceId).url })),
          differential: kind === 'diff',
          ...(digestsign !== undefined && { digestsign }),
          tags,
          customInfo: udi,
        }
      }
      catch (error) {
        log.warn('a device cannot be told of its update', { deviceId, ...toErrorValue(error) })
        return null
      }
    },
    stateOf: packageId => packages.all().find(one => one.packageId === packageId)?.state,
    setVerification: (packageId, { state, percent }) => {
      // A package that needs no verification can be tried all the same, and rolled out meanwhile.
      if (packages.get(packageId).state === 'none')
        return
      packages.setState(packageId, state, percent).catch(error => log.warn('the state of a package could not be kept', { packageId, ...toErrorValue(error) }))
    },
  }
}
