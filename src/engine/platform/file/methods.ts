import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceFile } from '../../../shared/contract/file.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { Store } from '../../store/types.ts'
import type { DeviceCalls, FeatureDevice } from '../feature.ts'
import type { FileDisk } from './file-disk.ts'
import type { FileLinks } from './links.ts'
import type { FileRow } from './rows.ts'
import type { StoredFiles } from './stored-files.ts'
import type { Transfers } from './transfers.ts'
import type { Uploads } from './uploads.ts'
import { AppError } from '../../../shared/errors.ts'
import { deleteFile } from './rows.ts'

export interface FileMethodContext {
  store: Pick<Store, 'write'>
  calls: Pick<DeviceCalls, 'note'>
  disk: FileDisk
  files: StoredFiles
  uploads: Uploads
  transfers: Transfers
  links: FileLinks
  /** Base address of the listener that serves them; null while there is none. */
  httpUrl: () => string | null
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

/** What the console and the command line can do with the files that devices have uploaded. */
export function fileMethodHandlers({ store, calls, disk, files, uploads, transfers, links, httpUrl, requireDevice }: FileMethodContext): Pick<EngineApi['methods'], 'file.list' | 'file.get' | 'file.link' | 'file.delete'> {
  const requireFile = ({ deviceId, deviceName }: FeatureDevice, fileId: string): FileRow => {
    const file = files.of(deviceId).find(one => one.fileId === fileId)
    if (file === undefined)
      throw notFound(deviceName, fileId, 'It was deleted, or the device has uploaded it anew.')
    return file
  }
  return {
    'file.list': ({ productKey, deviceName, offset, limit }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      const all = files.of(deviceId)
      return {
        files: all.slice(offset, offset + limit).map(present),
        total: all.length,
        uploads: uploads.openOf(deviceId).map(({ uploadId, fileName, received, fileSize, startedAt }) => ({ uploadId, name: fileName, received, size: fileSize < 0 ? null : fileSize, startedAt })),
      }
    },
    'file.get': async ({ productKey, deviceName, fileId, offset, limit }) => {
      const file = requireFile(requireDevice(productKey, deviceName), fileId)
      const bytes = await disk.read(fileId, offset, Math.max(0, Math.min(limit, file.size - offset)))
      if (bytes === null)
        throw notFound(deviceName, fileId, 'Its content is missing in the folder "files" of the workspace.')
      return { name: file.name, size: file.size, bytes }
    },
    'file.link': ({ productKey, deviceName, fileId }) => {
      const file = requireFile(requireDevice(productKey, deviceName), fileId)
      const base = httpUrl()
      if (base === null)
        return { file: present(file), url: null, expiresAt: null }
      const { path, expiresAt } = links.make(file)
      return { file: present(file), url: `${base}${path}`, expiresAt }
    },
    'file.delete': async ({ productKey, deviceName, fileIds }) => {
      const device = requireDevice(productKey, deviceName)
      calls.note(device, 'DeleteDeviceFile', { FileId: fileIds })
      await store.write(fileIds.map(fileId => ({ statement: deleteFile, params: [fileId, device.deviceId] })))
      const taken = files.take(device.deviceId, fileIds)
      transfers.removeContent(taken.map(({ fileId }) => fileId))
      return { deleted: taken.length }
    },
  }
}

function present({ fileId, name, size, crc64, uploadedAt, extra }: FileRow): DeviceFile {
  return { fileId, name, size, crc64, uploadedAt, extra: extra === null ? null : JSON.parse(extra) as JsonObject }
}

function notFound(deviceName: string, fileId: string, why: string): AppError {
  return new AppError('file/not-found', `${deviceName} has no file of the id ${fileId}. ${why}`, { deviceName, fileId })
}
