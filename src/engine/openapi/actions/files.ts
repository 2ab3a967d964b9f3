import type { DeviceFile } from '../../../shared/contract/file.ts'
import type { Action } from '../action.ts'
import { deviceAction } from '../action.ts'
import { pageCounts, paging, rangeOf, utcTime } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { required, text } from '../parameter.ts'

const fileId = required(text('The id of the file, as QueryDeviceFileList gives it.'))

/** A file that the device has not. */
const notFound = 'iot.file.NotExistedFile'

/** Files that devices have uploaded. */
export const fileActions: Action[] = [
  deviceAction({
    name: 'QueryDeviceFileList',
    group: 'file',
    about: 'Lists the files that a device has uploaded, newest first. Size is in KB, with at most two decimals.',
    parameters: paging({ max: 200 }),
    answer: { CurrentPage: 'i', Data: { FileSummary: [{ FileId: 's', Name: 's', Size: 's', UtcCreatedOn: 's' }] }, PageCount: 'i', PageSize: 'i', Total: 'i' },
    async run(page, { call, device: { productKey, deviceName } }) {
      const { files, total } = await call('file.list', { productKey, deviceName, ...rangeOf(page) })
      return { CurrentPage: page.CurrentPage, Data: { FileSummary: files.map(describe) }, ...pageCounts(page, total) }
    },
  }),
  deviceAction({
    name: 'QueryDeviceFile',
    group: 'file',
    about: 'One file with an address from which it can be downloaded for an hour without signing in; the address is missing while the HTTP listener for devices is closed.',
    parameters: { FileId: fileId },
    answer: { Data: { DownloadUrl: 's', FileId: 's', Name: 's', Size: 's', UtcCreatedOn: 's' } },
    errors: { 'file/not-found': notFound },
    async run({ FileId }, { call, device: { productKey, deviceName } }) {
      const { file, url } = await call('file.link', { productKey, deviceName, fileId: FileId })
      return { Data: { ...describe(file), DownloadUrl: url ?? undefined } }
    },
  }),
  deviceAction({
    name: 'DeleteDeviceFile',
    group: 'file',
    about: 'Deletes a file of a device.',
    parameters: { FileId: fileId },
    answer: {},
    async run({ FileId }, { call, device: { productKey, deviceName } }) {
      const { deleted } = await call('file.delete', { productKey, deviceName, fileIds: [FileId] })
      if (deleted === 0)
        throw new ApiFailure(notFound, `${deviceName} has no file of the id ${FileId}.`)
      return {}
    },
  }),
]

function describe({ fileId: FileId, name, size, uploadedAt }: DeviceFile): { FileId: string, Name: string, Size: string, UtcCreatedOn: string } {
  return { FileId, Name: name, Size: String(Math.round(size / 1024 * 100) / 100), UtcCreatedOn: utcTime(uploadedAt) }
}
