import type { Clock } from '../shared/clock.ts'
import type { OtaPackageFile } from '../shared/contract/ota-package.ts'
import type { Log } from '../shared/log.ts'
import type { PendingWork } from '../shared/pending-work.ts'
import type { DownloadServer } from './download-server.ts'
import type { DeviceHttpRoute } from './platform/device-http.ts'
import type { PackageSource } from './platform/ota-batch/types.ts'
import type { DownloadAddress } from './platform/ota-package/methods.ts'
import type { DownloadWatch } from './platform/ota-package/types.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { Store } from './store/types.ts'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { makeFileId, makePackageId } from './identity.ts'
import { BlockFiles } from './platform/ota-package/block-files.ts'
import { Downloads } from './platform/ota-package/downloads.ts'
import { fetchFile } from './platform/ota-package/fetch-file.ts'
import { otaPackageMethodHandlers } from './platform/ota-package/methods.ts'
import { OtaModules } from './platform/ota-package/modules.ts'
import { PackageDisk } from './platform/ota-package/package-disk.ts'
import { OtaPackages } from './platform/ota-package/packages.ts'
import { PackageSecurity } from './platform/ota-package/security.ts'
import { UploadForms } from './platform/ota-package/upload-forms.ts'
import { PackageUploads } from './platform/ota-package/uploads.ts'
import { otaStatisticsHandlers } from './platform/ota-statistics/methods.ts'

export interface OtaServicesContext {
  store: Store
  settings: SettingsStore
  clock: Clock
  log: Log
  /** Counts reads of files. */
  work: PendingWork
  workspaceDir: string
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => { name: string, createdAt: number }
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => { deviceId: number }
  /** The device-facing HTTP listener, which serves the files. */
  server: Pick<DownloadServer, 'placeFor' | 'programUrl'>
  /** Whether a package is being rolled out, so that it has to stay. */
  isRolledOut: (packageId: string) => boolean
}

/** Modules, update packages and their files, and the server from which devices download them (platform chapters 8.1 to 8.4 and 8.11). */
export interface OtaServices {
  methods: ReturnType<typeof otaPackageMethodHandlers> & ReturnType<typeof otaStatisticsHandlers>
  /** For the device-facing HTTP listener. */
  routes: DeviceHttpRoute[]
  modules: OtaModules
  packages: OtaPackages
  security: PackageSecurity
  /**
   * An address of a file that a device can reach: the one at which it has connected. Null: an address for this machine. It is
   * valid for a while (milliseconds), or as the settings say. Throws AppError listen/failed without a listener.
   */
  downloadUrl: (file: OtaPackageFile, deviceId: number | null, validMs?: number) => DownloadAddress
  /** The bytes of the file that was posted to an address of ours, or that another one serves. Throws AppError, also while they come. */
  contentAt: (url: string) => Promise<AsyncIterable<Uint8Array>>
  /** Up to so many bytes of a file of a package, for a download over MQTT. */
  readBlock: PackageSource['blockOf']
  /** Has somebody see what devices download, and disturb it. */
  watchDownloads: (watch: DownloadWatch) => void
  /** A product is deleted, and its modules, packages and keys with it. */
  forgetProduct: (productKey: string) => Promise<void>
  close: () => Promise<void>
}

/** Opens what the workspace holds, and removes files that no package names. */
export async function openOtaServices(context: OtaServicesContext): Promise<OtaServices> {
  const { store, settings, clock, log, work, workspaceDir, requireProduct, requireDevice, server, isRolledOut } = context
  const now = (): number => clock.now()
  const applyLimits = (): boolean => settings.get('limits.applyCloud')
  const fileBytesMax = (): number => applyLimits() ? limits.packageBytesMax : limits.packageFetchBytesMax
  const disk = new PackageDisk(path.join(workspaceDir, 'packages'))
  const [modules, packages, security] = await Promise.all([
    OtaModules.open(store, productKey => requireProduct(productKey).createdAt),
    OtaPackages.open(store),
    PackageSecurity.open(store),
  ])
  await disk.removeAllBut(new Set(packages.all().flatMap(({ files }) => files.map(({ fileId }) => fileId))))
  const uploads = new PackageUploads({ disk, clock, log, makeId: makeFileId, bytesMax: fileBytesMax })
  const forms = new UploadForms({ clock, uploads, makeId: makeFileId, baseUrl: () => server.programUrl })
  const blocks = new BlockFiles(clock, log)
  const downloads = await Downloads.open(store, {
    now,
    fileOf: fileId => packages.fileOf(fileId),
    pathOf: fileId => disk.pathOf(fileId),
  })

  const downloadUrl: OtaServices['downloadUrl'] = (file, deviceId, validMs = settings.get('ota.urlValidSec') * 1000) => {
    const place = server.placeFor(deviceId)
    if (place === null)
      throw new AppError('listen/failed', 'There is no HTTP listener from which files could be downloaded.')
    const expiresAt = Math.ceil((now() + validMs) / 1000) * 1000
    return { url: place.url + downloads.path(file, deviceId ?? 0, expiresAt), expiresAt, isUnreachable: place.isUnreachable }
  }
  return {
    methods: {
      ...otaPackageMethodHandlers({ store, modules, packages, uploads, forms, security, disk, now, makePackageId, applyLimits, fileBytesMax, requireProduct, requireDevice, downloadUrl, isRolledOut }),
      ...otaStatisticsHandlers({ store, moduleName: (productKey, module) => modules.get(productKey, module).name, requirePackage: packageId => packages.get(packageId) }),
    },
    routes: [downloads.route, forms.route],
    modules,
    packages,
    security,
    downloadUrl,
    contentAt: async (url) => {
      const posted = forms.postedTo(url)
      return posted === undefined ? (await fetchFile(url, fileBytesMax())).content : createReadStream(disk.pathOf((await uploads.end(posted)).fileId))
    },
    readBlock: async (packageId, fileNumber, offset, size) => {
      const file = packages.find(packageId)?.files[fileNumber - 1]
      if (file === undefined)
        return null
      const bytes = await work.track(blocks.read(disk.pathOf(file.fileId), offset, Math.max(0, Math.min(size, file.size - offset))))
      return bytes === null ? 'busy' : { fileLength: file.size, bytes }
    },
    watchDownloads: (watch) => {
      downloads.watch = watch
    },
    forgetProduct: async (productKey) => {
      const gone = packages.forgetProduct(productKey)
      await store.write([...gone.statements, ...modules.forgetProduct(productKey), ...security.forgetProduct(productKey)])
      await Promise.all(gone.packages.flatMap(({ files }) => files.map(({ fileId }) => disk.remove(fileId))))
    },
    close: async () => {
      await blocks.close()
      await uploads.close()
    },
  }
}
