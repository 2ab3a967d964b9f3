import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Log } from '../../../shared/log.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { DeviceHttpRoute } from '../device-http.ts'
import type { DeviceCalls, FeatureDevice, FeatureHandlers } from '../feature.ts'
import type { UploadRow } from './rows.ts'
import type { Upload } from './uploads.ts'
import { limits } from '../../../shared/limits.ts'
import { fileHandlers } from './feature.ts'
import { FileDisk } from './file-disk.ts'
import { FileLinks } from './links.ts'
import { fileMethodHandlers } from './methods.ts'
import { deleteFiles, deleteUpload, deleteUploads, selectUploads } from './rows.ts'
import { StoredFiles } from './stored-files.ts'
import { Transfers } from './transfers.ts'
import { isUnderWay, Uploads } from './uploads.ts'

export interface DeviceFilesContext {
  /** The folder for the contents of files. */
  dir: string
  clock: Clock
  log: Log
  store: Store
  calls: Pick<DeviceCalls, 'note'>
  applyLimits: () => boolean
  /** A new id of 16 hex digits. */
  makeId: () => string
  /** A text that nobody guesses. */
  makeToken: () => string
  /** Base address of the device-facing HTTP listener; null while there is none. */
  httpUrl: () => string | null
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  /** An upload has not been finished in time, and its bytes are let go. */
  onExpired: (upload: Pick<Upload, 'deviceId' | 'uploadId' | 'fileName' | 'received' | 'fileSize' | 'startedAt'>) => void
}

export interface DeviceFiles {
  handlers: FeatureHandlers
  methods: Pick<EngineApi['methods'], 'file.list' | 'file.get' | 'file.link' | 'file.delete'>
  /** For the device-facing HTTP listener. */
  route: DeviceHttpRoute
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
  /** Waits for the disk. */
  close: () => Promise<void>
}

/**
 * Opens the files of devices: an upload that was under way goes on where its bytes on disk end, and contents that nothing
 * names, of an upload or a deletion that the last run did not bring to its end, are removed.
 */
export async function openDeviceFiles(context: DeviceFilesContext): Promise<DeviceFiles> {
  const { dir, clock, log, store, calls, applyLimits, makeId, makeToken, httpUrl, requireDevice, onExpired } = context
  const disk = new FileDisk(dir)
  const [files, uploads, onDisk] = await Promise.all([StoredFiles.open(store), openUploads(store, disk), disk.list()])
  const transfers = new Transfers({ disk, files, uploads, store, now: () => clock.now(), log, makeId })
  const named = new Set([...files.ids(), ...uploads.all().filter(isUnderWay).map(({ uploadId }) => uploadId)])
  transfers.removeContent(onDisk.filter(id => !named.has(id)))

  const links = new FileLinks({ now: () => clock.now(), makeToken, disk, files })
  const clearing = clearOld({ clock, uploads, store, log, drop: upload => transfers.drop(upload), onExpired })
  return {
    handlers: fileHandlers({ disk, files, uploads, transfers, applyLimits, makeId }),
    methods: fileMethodHandlers({ store, calls, disk, files, uploads, transfers, links, httpUrl, requireDevice }),
    route: links.route,
    forget: (deviceId) => {
      for (const upload of uploads.of(deviceId))
        transfers.drop(upload)
      transfers.removeContent(files.take(deviceId).map(({ fileId }) => fileId))
      return [deleteFiles, deleteUploads].map(statement => ({ statement, params: [deviceId] }))
    },
    close: async () => {
      clearing.cancel()
      await disk.idle()
    },
  }
}

async function openUploads(store: Pick<Store, 'read'>, disk: FileDisk): Promise<Uploads> {
  const uploads = new Uploads()
  const resume = async ({ endedSize, ...row }: UploadRow): Promise<Upload> => {
    const size = endedSize ?? await disk.size(row.uploadId)
    return { ...row, state: endedSize === null ? 'open' : 'ended', received: size, written: size }
  }
  for (const row of await store.read(selectUploads, []))
    uploads.add(await resume(row))
  return uploads
}

/** How often uploads that have become too old are looked for; until then a device is told already that there is none. */
const clearingMs = 10 * 60_000

function clearOld({ clock, uploads, store, log, drop, onExpired }: Pick<DeviceFilesContext, 'clock' | 'store' | 'log' | 'onExpired'> & { uploads: Uploads, drop: (upload: Upload) => BoundStatement }): Alarm {
  let alarm: Alarm
  const clear = (): void => {
    const old = uploads.all().filter(({ startedAt }) => clock.now() - startedAt >= limits.uploadKeptMs)
    const statements = old.map((upload) => {
      if (isUnderWay(upload)) {
        onExpired(upload)
        return drop(upload)
      }
      // The content of one that is over belongs to the file by now.
      uploads.setState(upload, 'gone')
      return { statement: deleteUpload, params: [upload.uploadId] }
    })
    if (statements.length > 0)
      store.write(statements).catch(error => log.warn('old uploads could not be cleared away; the next start tries again', { error: String(error) }))
    alarm = clock.setAlarm(clearingMs, clear)
  }
  // At once, because days may have passed since the last run.
  alarm = clock.setAlarm(0, clear)
  return { cancel: () => alarm.cancel() }
}
